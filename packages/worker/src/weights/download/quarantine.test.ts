import type { DevicePackage, LoadProgress } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { brokenBody, bytesResponse, json, type Served, type WebDouble, webDouble } from '../network/web.double.ts';
import { quarantinePieceBytes } from '../pieces/pieces.ts';
import { describe, sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { endingAfter } from '../store.double.ts';
import { WeightStore } from '../weight-store.ts';

// Three pieces, the last of them short.
const content = sampleBytes(2 * quarantinePieceBytes + 1_000);
const sha256 = sha256Hex(content);
const pieces = [0, 1, 2].map((index) =>
  sha256Hex(content.subarray(index * quarantinePieceBytes, (index + 1) * quarantinePieceBytes)),
);
const pkg: DevicePackage = describe(samplePackage({ content }).manifest, [
  { kind: 'hub', repository: 'org/model', revision: 'abc', path: 'gguf/model.gguf' },
]);
const treeUrl = 'https://hub.test/api/models/org/model/tree/abc/gguf';
const fileUrl = 'https://hub.test/org/model/resolve/abc/gguf/model.gguf';
const tree = (oid = sha256) =>
  json([
    { type: 'file', path: 'gguf/README.md', size: 10, oid: 'x' },
    { type: 'file', path: 'gguf/model.gguf', size: content.length, oid: 'y', lfs: { oid, size: content.length } },
  ]);
const hub = (file: Served = content) => webDouble({ [treeUrl]: tree(), [fileUrl]: file });

/** Gives the first two pieces only. */
const endingEarly = (backend: WeightBackend): Served =>
  endingAfter(2 * quarantinePieceBytes, { backend, content, storedChunks: 2 });

function makeStore(network: WebDouble, backend = memoryBackend()) {
  const options = {
    baseUrl: 'https://app.test',
    hubUrl: 'https://hub.test/',
    storage: null,
    locks: null,
    broadcast: null,
  };
  const store = new WeightStore({ backend, network, ...options });
  const bring = (signal = new AbortController().signal) => store.bring(pkg, { signal, onProgress: () => undefined });
  const load = () => {
    const progress: LoadProgress[] = [];
    const brought = store.bring(pkg, {
      signal: new AbortController().signal,
      onProgress: (step) => progress.push(step),
    });
    return { brought, progress };
  };
  return { store, backend, bring, load };
}

/** Notes which chunks are read one by one. */
function countingReads(memory: WeightBackend) {
  const read: string[] = [];
  const backend: WeightBackend = {
    ...memory,
    chunks: {
      ...memory.chunks,
      get: (key) => {
        read.push(key);
        return memory.chunks.get(key);
      },
    },
  };
  return { backend, pieces: read };
}

test('a file from a hub is opened once its whole hash holds, by a manifest that then names its chunks', async () => {
  const { bring, backend } = makeStore(hub());
  const { manifest, files, fetchedBytes } = await bring();
  expect(fetchedBytes).toBe(content.length);
  expect(files.get('model.gguf')?.size).toBe(content.length);
  expect(manifest.files[0]?.chunks?.map((chunk) => chunk.sha256)).toEqual(pieces);
  expect(await backend.packages.get('sample')).toEqual({ manifest, document: null, pkg });
  expect(await backend.drafts.keys()).toEqual([]);
});

test('the second time nobody is asked', async () => {
  const network = hub();
  const { bring } = makeStore(network);
  await bring();
  network.serve(null);
  expect((await bring()).fetchedBytes).toBe(0);
});

test('a wrong byte anywhere: refused, everything of it deleted, the origin named', async () => {
  const wrong = Uint8Array.from(content);
  wrong[quarantinePieceBytes + 5] = ~(wrong[quarantinePieceBytes + 5] ?? 0);
  const network = hub(wrong);
  const { bring, backend, store } = makeStore(network);
  await expect(bring()).rejects.toMatchObject({
    code: 'storage.corrupt-chunk',
    message: expect.stringMatching(/model\.gguf came from https:\/\/hub\.test with other bytes/),
  });
  expect(await backend.chunks.keys()).toEqual([]);
  expect(await backend.drafts.keys()).toEqual([]);
  expect(await store.list()).toEqual([]);
  network.serve({ [treeUrl]: tree(), [fileUrl]: content });
  expect((await bring()).files.get('model.gguf')?.size).toBe(content.length);
});

test('no engine can open what is still in quarantine', async () => {
  const controller = new AbortController();
  const { bring, store, backend } = makeStore(
    hub((request) => {
      if (request.range?.start === 2 * quarantinePieceBytes) controller.abort();
      return bytesResponse(content, request);
    }),
  );
  await expect(bring(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(await backend.packages.keys()).toEqual([]);
  expect((await store.list()).map(({ isComplete }) => isComplete)).toEqual([false]);
});

test('an interrupted download goes on where it stopped', async () => {
  const backend = memoryBackend();
  const network = hub(endingEarly(backend));
  const { bring, store } = makeStore(network, backend);
  await expect(bring()).rejects.toMatchObject({ code: 'storage.download-failed' });
  expect(await store.list()).toMatchObject([{ id: 'sample', bytes: 2 * quarantinePieceBytes, isComplete: false }]);
  network.serve({ [treeUrl]: tree(), [fileUrl]: content });
  expect((await bring()).fetchedBytes).toBe(1_000);
});

test('what came before a reload is not read again: its hash was kept as it came', async () => {
  const backend = memoryBackend();
  const network = hub(endingEarly(backend));
  const { bring } = makeStore(network, backend);
  await bring().catch(() => undefined);
  expect((await backend.drafts.get('sample'))?.quarantine?.['model.gguf']?.hashed?.pieces).toBe(2);
  network.serve({ [treeUrl]: tree(), [fileUrl]: content });
  const reads = countingReads(backend);
  const { brought, progress } = makeStore(network, reads.backend).load();
  expect((await brought).files.get('model.gguf')?.size).toBe(content.length);
  expect(reads.pieces).toEqual([]);
  expect(progress.map(({ phase }) => phase)).not.toContain('verify');
});

test.each([
  ['was kept by another version of the hash function', { pieces: 2, state: new Uint8Array(116) }],
  ['was not kept', undefined],
])('where the hash so far %s, the pieces are read again, and that is shown', async (_, hashed) => {
  const backend = memoryBackend();
  const network = hub();
  const { load } = makeStore(network, backend);
  for (const [index, hash] of pieces.entries())
    await backend.chunks.put(
      hash,
      new Blob([content.slice(index * quarantinePieceBytes, (index + 1) * quarantinePieceBytes)]),
    );
  await backend.drafts.put('sample', {
    manifest: {
      ...samplePackage({ content }).manifest,
      files: [{ path: 'model.gguf', bytes: content.length, sha256 }],
    },
    document: null,
    pkg,
    quarantine: { 'model.gguf': { pieces, ...(hashed && { hashed }) } },
  });
  const { brought, progress } = load();
  expect((await brought).fetchedBytes).toBe(0);
  expect(progress.filter(({ phase }) => phase === 'verify').map(({ storedBytes }) => storedBytes)).toEqual([
    0,
    quarantinePieceBytes,
    quarantinePieceBytes,
    2 * quarantinePieceBytes,
    2 * quarantinePieceBytes,
    content.length,
  ]);
});

test('a piece that changed on the disk is found when it is read for the whole hash, and fetched again', async () => {
  const backend = memoryBackend();
  const network = hub();
  const { load } = makeStore(network, backend);
  await backend.chunks.put(pieces[0] ?? '', new Blob([content.slice(1, 1 + quarantinePieceBytes)]));
  await backend.chunks.put(pieces[1] ?? '', new Blob([content.slice(quarantinePieceBytes, 2 * quarantinePieceBytes)]));
  await backend.drafts.put('sample', {
    manifest: {
      ...samplePackage({ content }).manifest,
      files: [{ path: 'model.gguf', bytes: content.length, sha256 }],
    },
    document: null,
    pkg,
    quarantine: { 'model.gguf': { pieces: [pieces[0] ?? null, pieces[1] ?? null, null] } },
  });
  const { files, fetchedBytes } = await load().brought;
  expect(fetchedBytes).toBe(quarantinePieceBytes + 1_000);
  expect(sha256Hex(new Uint8Array((await files.get('model.gguf')?.arrayBuffer()) ?? []))).toBe(sha256);
});

test('pieces that come in another order are hashed all the same', async () => {
  const late = Promise.withResolvers<void>();
  const network = hub(async (request) => {
    if (request.range?.start === 0) await late.promise;
    if (request.range?.start === 2 * quarantinePieceBytes) late.resolve();
    return bytesResponse(content, request);
  });
  const { bring } = makeStore(network);
  expect((await bring()).files.get('model.gguf')?.size).toBe(content.length);
});

test('one that ignores Range sends all of it once; after a cut its pieces are not stored twice', async () => {
  const network = hub((request) =>
    request.range || network.requests.length > 5
      ? new Response(content, { headers: { 'Content-Length': String(content.length) } })
      : new Response(brokenBody(content, { afterBytes: quarantinePieceBytes + 5, signal: request.signal })),
  );
  const memory = memoryBackend();
  const put: string[] = [];
  const backend: WeightBackend = {
    ...memory,
    chunks: {
      ...memory.chunks,
      put: async (key, blob) => {
        put.push(key);
        await memory.chunks.put(key, blob);
      },
    },
  };
  const { bring } = makeStore(network, backend);
  expect((await bring()).files.get('model.gguf')?.size).toBe(content.length);
  expect(put).toEqual(pieces);
});

test('a piece that is named but was not stored any more is fetched without prejudice', async () => {
  const backend = memoryBackend();
  const network = hub(endingEarly(backend));
  const { bring } = makeStore(network, backend);
  await bring().catch(() => undefined);
  // As if the tab had gone between naming a piece and storing it, and the piece had been damaged on its way.
  await backend.drafts.update('sample', (draft) => {
    if (!draft) throw new Error('There is a draft.');
    return { ...draft, quarantine: { 'model.gguf': { pieces: ['0'.repeat(64), pieces[1] ?? null, null] } } };
  });
  network.serve({ [treeUrl]: tree(), [fileUrl]: content });
  const { manifest } = await bring();
  expect(manifest.files[0]?.chunks?.map((chunk) => chunk.sha256)).toEqual(pieces);
});

test('a file that was replaced at the hub is fetched anew', async () => {
  const network = hub((request) =>
    request.range?.start === 0 ? bytesResponse(content, request) : new Response('', { status: 404 }),
  );
  const { bring, backend } = makeStore(network);
  await bring().catch(() => undefined);
  const replaced = sampleBytes(content.length, 77);
  network.serve({ [treeUrl]: tree(sha256Hex(replaced)), [fileUrl]: replaced });
  expect((await bring()).fetchedBytes).toBe(content.length);
  expect(await backend.chunks.keys()).toHaveLength(3);
});

test('the head of a file from a hub cannot be verified alone', async () => {
  const network = hub();
  const { store, bring } = makeStore(network);
  const options = { bytes: 100, signal: new AbortController().signal };
  await expect(store.bringHead(pkg, options)).rejects.toMatchObject({ code: 'capability.unsupported' });
  expect(network.requests.map(({ url }) => url)).toEqual([treeUrl]);
  await bring();
  expect((await store.bringHead(pkg, options)).size).toBe(content.length);
});
