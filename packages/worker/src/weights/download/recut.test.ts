import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { json, webDouble } from '../network/web.double.ts';
import { quarantinePieceBytes } from '../pieces/pieces.ts';
import { describe, sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { bytesOf, endingAfter, makeStore } from '../store.double.ts';

const MiB = 1024 ** 2;
// Three pieces in quarantine. A mirror cuts the same bytes at the first tensor and every five MiB from there.
const content = sampleBytes(2 * quarantinePieceBytes + 1_000);
const mirrored = samplePackage({ content, chunkBytes: 5 * MiB, firstChunkBytes: 300_000 });
const treeUrl = 'https://hub.test/api/models/org/model/tree/abc';
const hubFileUrl = 'https://hub.test/org/model/resolve/abc/model.gguf';
const hubPkg = describe(mirrored.manifest, [
  { kind: 'hub', repository: 'org/model', revision: 'abc', path: 'model.gguf' },
]);
const tree = json([
  { type: 'file', path: 'model.gguf', size: content.length, lfs: { oid: sha256Hex(content), size: content.length } },
]);
const signal = new AbortController().signal;

/** Begins with what one source has until it ends early, and goes on with the other. */
async function begunWith(from: 'hub' | 'mirror', backend: WeightBackend, bytes: number, storedChunks: number) {
  const early = endingAfter(bytes, { backend, content, storedChunks });
  const network = webDouble(
    from === 'hub' ? { [treeUrl]: tree, [hubFileUrl]: early } : { ...mirrored.served, [mirrored.fileUrl]: early },
  );
  const tab = makeStore(network, { backend });
  await tab.bring(from === 'hub' ? hubPkg : mirrored.pkg).brought.catch(() => undefined);
  network.serve({ ...mirrored.served, [treeUrl]: tree, [hubFileUrl]: content });
  return tab;
}

test('begun from a hub and continued from a mirror that cuts otherwise: only chunks that are not wholly there are fetched', async () => {
  const backend = memoryBackend();
  const { bring } = await begunWith('hub', backend, 2 * quarantinePieceBytes, 2);
  const { files, fetchedBytes, manifest } = await bring(mirrored.pkg).brought;
  // Chunks end at 300,000 and then every 5 MiB: the fourth of those goes beyond the 16 MiB that are there.
  expect(fetchedBytes).toBe(content.length - 300_000 - 15 * MiB);
  expect(manifest).toEqual(mirrored.manifest);
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
  expect((await backend.chunks.keys()).toSorted()).toEqual(
    (mirrored.manifest.files[0]?.chunks ?? []).map(({ sha256 }) => sha256).toSorted(),
  );
});

test('begun from a mirror and continued from a hub: the same, and no engine sees it before the whole hash holds', async () => {
  const backend = memoryBackend();
  const { bring } = await begunWith('mirror', backend, 300_000 + 10 * MiB, 3);
  const { files, fetchedBytes } = await bring(hubPkg).brought;
  expect(fetchedBytes).toBe(content.length - quarantinePieceBytes);
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
});

test('another file under the same name is nothing to cut from', async () => {
  const backend = memoryBackend();
  const { bring } = await begunWith('hub', backend, 2 * quarantinePieceBytes, 2);
  const other = samplePackage({ content: sampleBytes(content.length, 5), chunkBytes: 5 * MiB });
  const { store } = makeStore(webDouble(other.served), { backend });
  const { fetchedBytes } = await store.bring(other.pkg, { signal, onProgress: () => undefined });
  expect(fetchedBytes).toBe(content.length);
  expect(await backend.chunks.keys()).toHaveLength(4);
  expect((await bring(other.pkg).brought).fetchedBytes).toBe(0);
});

test('what was damaged on the disk is not cut but fetched', async () => {
  const backend = memoryBackend();
  const { bring } = await begunWith('hub', backend, 2 * quarantinePieceBytes, 2);
  await backend.chunks.put(
    sha256Hex(content.subarray(0, quarantinePieceBytes)),
    new Blob([content.slice(1, 1 + quarantinePieceBytes)]),
  );
  const { files, fetchedBytes } = await bring(mirrored.pkg).brought;
  // Only the third of the five MiB lies in the second piece alone.
  expect(fetchedBytes).toBe(content.length - 5 * MiB);
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
});

test('where there is no room to have both for a moment, the rest is downloaded', async () => {
  const backend = memoryBackend();
  await begunWith('hub', backend, 2 * quarantinePieceBytes, 2);
  let puts = 0;
  const full: WeightBackend = {
    ...backend,
    chunks: {
      ...backend.chunks,
      put: async (key, blob) => {
        puts += 1;
        if (puts === 2) throw new OrillaError('storage.quota-exceeded', 'Full.');
        await backend.chunks.put(key, blob);
      },
    },
  };
  const { bring } = makeStore(webDouble(mirrored.served), { backend: full });
  const { files, fetchedBytes } = await bring(mirrored.pkg).brought;
  expect(fetchedBytes).toBe(content.length - 300_000);
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
});
