import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { json, type Served, webDouble } from '../network/web.double.ts';
import { quarantinePieceBytes } from '../pieces/pieces.ts';
import { describe, sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { makeSigner } from '../source/signed-package.double.ts';
import { readTrustedKeys } from '../source/trusted-keys.ts';
import { bytesOf, endingAfter, fileRequests, makeStore } from '../store.double.ts';

// What a download that is taken up again goes by, when its sources can't be reached, or say something else.

const content = sampleBytes(2 * quarantinePieceBytes);
const mirrored = samplePackage({ content, firstChunkBytes: 1_000, chunkBytes: quarantinePieceBytes });
const mirror = { kind: 'mirror', url: 'https://mirror.test/sample/' } as const;
const hub = { kind: 'hub', repository: 'org/model', revision: 'abc', path: 'model.gguf' } as const;
const hubFileUrl = 'https://hub.test/org/model/resolve/abc/model.gguf';
const treeUrl = 'https://hub.test/api/models/org/model/tree/abc';
const hubServed = (bytes = content): Readonly<Record<string, Served>> => ({
  [treeUrl]: json([
    { type: 'file', path: 'model.gguf', size: bytes.length, lfs: { oid: sha256Hex(bytes), size: bytes.length } },
  ]),
  [hubFileUrl]: bytes,
});
const unavailable: Served = () => new Response('', { status: 404 });
const begunBytes = 1_000 + quarantinePieceBytes;

/** Begins with the mirror's chunks, of which it gets the first two. */
async function begin(sources: Parameters<typeof describe>[1], backend: WeightBackend = memoryBackend()) {
  const pkg = describe(mirrored.manifest, sources);
  const early = endingAfter(begunBytes, { backend, content, storedChunks: 2 });
  const network = webDouble({ ...mirrored.served, [mirrored.fileUrl]: early, [hubFileUrl]: early });
  const tab = makeStore(network, { backend });
  await tab.bring(pkg).brought.catch(() => undefined);
  return { ...tab, pkg, network, isHalf: async () => (await tab.store.list())[0]?.bytes === begunBytes };
}

test('a mirror that can’t be reached for a moment costs nothing of what came by its manifest: the hub gives the rest', async () => {
  const { network, bring, pkg, backend, isHalf } = await begin([mirror, hub]);
  expect(await isHalf()).toBe(true);
  network.serve(hubServed());
  const { files, fetchedBytes, manifest } = await bring(pkg).brought;
  expect(fetchedBytes).toBe(content.length - begunBytes);
  expect(manifest).toEqual(mirrored.manifest);
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
  expect(await backend.chunks.keys()).toHaveLength(3);
});

test('nor does it on a disk that is nearly full', async () => {
  const memory = memoryBackend();
  let isFull = false;
  const put: WeightBackend['chunks']['put'] = async (key, value) => {
    if (isFull) throw new OrillaError('storage.quota-exceeded', 'Full.');
    await memory.chunks.put(key, value);
  };
  const { network, bring, pkg, isHalf } = await begin([mirror, hub], { ...memory, chunks: { ...memory.chunks, put } });
  isFull = true;
  network.serve(hubServed());
  await expect(bring(pkg).brought).rejects.toMatchObject({ code: 'storage.quota-exceeded' });
  expect(await isHalf()).toBe(true);
  expect(await memory.chunks.keys()).toHaveLength(2);
});

test('another version at a source that is asked later does not take the place of what a download began with', async () => {
  const { network, bring, pkg, isHalf } = await begin([mirror, hub]);
  network.serve(hubServed(sampleBytes(content.length, 5)));
  await expect(bring(pkg).brought).rejects.toMatchObject({ code: 'storage.corrupt-chunk' });
  expect(await isHalf()).toBe(true);
  network.serve(mirrored.served);
  expect((await bring(pkg).brought).fetchedBytes).toBe(content.length - begunBytes);
});

test('another version at the source that it began with, or at one before it, does', async () => {
  const newer = samplePackage({ content: sampleBytes(content.length, 5), chunkBytes: quarantinePieceBytes });
  for (const sources of [[mirror], [hub, mirror]]) {
    const { network, bring, pkg } = await begin(sources);
    network.serve(sources.length === 1 ? newer.served : hubServed(newer.content));
    const { files, fetchedBytes } = await bring(pkg).brought;
    expect(fetchedBytes).toBe(content.length);
    expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(newer.content));
  }
});

test('a hub that is asked before the mirror, but tells no chunks of the same file, does not undo them', async () => {
  const { network, bring, pkg } = await begin([hub, mirror]);
  network.serve({ ...hubServed(), [mirrored.manifestUrl]: unavailable, [mirrored.fileUrl]: unavailable });
  const { fetchedBytes, manifest } = await bring(pkg).brought;
  expect(fetchedBytes).toBe(content.length - begunBytes);
  expect(manifest).toEqual(mirrored.manifest);
});

test('what a source said that is no longer among them is taken only by the whole hash', async () => {
  const { network, bring } = await begin([mirror]);
  network.serve(hubServed());
  const { manifest, fetchedBytes } = await bring(describe(mirrored.manifest, [hub])).brought;
  expect(manifest.files[0]?.chunks?.map(({ length }) => length)).toEqual([quarantinePieceBytes, quarantinePieceBytes]);
  expect(fetchedBytes).toBe(quarantinePieceBytes);
});

test('what was begun before the app pinned its keys goes on only if one of them signed it', async () => {
  const signer = makeSigner();
  const trustedKeys = readTrustedKeys([signer.publicKey]);
  const second = samplePackage({ content, chunkBytes: 1_024 ** 2, mirror: 'https://second.test' });
  const { network, pkg, backend } = await begin([mirror, ...second.pkg.sources]);
  network.serve({ ...second.served, [second.manifestUrl]: json(signer.sign(second.manifest)) });
  const { manifest } = await makeStore(network, { backend, trustedKeys }).bring(pkg).brought;
  expect(manifest.files).toEqual(second.manifest.files);
  expect(fileRequests(network).length).toBeGreaterThan(0);
});
