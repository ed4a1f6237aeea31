import type { DevicePackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { bytesResponse, json, type Served, type WebDouble, webDouble } from '../network/web.double.ts';
import { describe, sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { endingAfter } from '../store.double.ts';
import { WeightStore } from '../weight-store.ts';
import { quarantinePieceBytes } from './pieces.ts';

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
  return { store, backend, bring };
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
