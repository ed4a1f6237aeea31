import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { bytesResponse, type Served, webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { bytesOf, chunkCount, endingAfter, fileRequests, makeStore } from '../store.double.ts';
import { shelve } from './shelving.double.ts';
import { WeightShelf } from './weight-shelf.ts';

const sample = samplePackage();

/** Serves the sample, but answers for the file as told. */
const serving = (file: Served) => webDouble({ ...sample.served, [sample.fileUrl]: file });

test('two packages share the chunks that they have in common', async () => {
  const content = Uint8Array.from(sample.content);
  content.set(sampleBytes(100, 9), 900);
  const other = samplePackage({ id: 'other', content });
  const network = webDouble({ ...sample.served, ...other.served });
  const { bring, store, backend } = makeStore(network);
  await bring(sample.pkg).brought;
  expect((await bring(other.pkg).brought).fetchedBytes).toBe(100);
  expect(await chunkCount(backend)).toBe(11);
  await store.remove('sample');
  expect(await chunkCount(backend)).toBe(10);
  network.serve(null);
  expect(await bytesOf((await bring(other.pkg).brought).files.get('model.gguf'))).toEqual(content);
});

test('lists what is complete and what is on its way, with the bytes that are there', async () => {
  const half = samplePackage({ id: 'half', content: sampleBytes(1_000, 5) });
  const backend = memoryBackend();
  const network = webDouble({
    ...sample.served,
    ...half.served,
    [half.fileUrl]: endingAfter(300, { backend, content: half.content, storedChunks: 13 }),
  });
  const { store, bring } = makeStore(network, { backend });
  await bring(sample.pkg).brought;
  await bring(half.pkg).brought.catch(() => undefined);
  expect(await store.list()).toMatchObject([
    { id: 'sample', bytes: 1_000, isComplete: true },
    { id: 'half', bytes: 300, isComplete: false },
  ]);
  await store.remove('half');
  expect(await store.list()).toMatchObject([{ id: 'sample', bytes: 1_000, isComplete: true }]);
});

test('a package that lost a chunk is not told as complete', async () => {
  const { store, bring, backend } = makeStore(webDouble(sample.served));
  await bring(sample.pkg).brought;
  await backend.chunks.delete((await backend.chunks.keys()).slice(0, 1));
  expect(await store.list()).toMatchObject([{ id: 'sample', bytes: 900, isComplete: false }]);
});

test('removing leaves nothing behind, complete or not, and can be done twice', async () => {
  const { store, bring, backend } = makeStore(webDouble(sample.served));
  await bring(sample.pkg).brought;
  await store.remove('sample');
  await store.remove('sample');
  expect(await chunkCount(backend)).toBe(0);
  expect(await store.list()).toEqual([]);
});

test('removing another package does not take the chunks of one that is on its way', async () => {
  const other = samplePackage({ id: 'other' });
  const gate = Promise.withResolvers<void>();
  const content = Uint8Array.from([...sample.content, ...sampleBytes(100, 3)]);
  const longer = samplePackage({ id: 'longer', content });
  const network = webDouble({
    ...other.served,
    ...longer.served,
    [longer.fileUrl]: async (request) => {
      await gate.promise;
      return bytesResponse(content, request);
    },
  });
  const { store, bring } = makeStore(network);
  await bring(other.pkg).brought;
  const { brought } = bring(longer.pkg);
  while (fileRequests(network).length < 11) await new Promise((resolve) => setTimeout(resolve, 1));
  await store.remove('other');
  gate.resolve();
  const { files, fetchedBytes } = await brought;
  expect(fetchedBytes).toBe(100);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(content);
});

test('what another tab removes in the meantime is fetched again', async () => {
  const backend = memoryBackend();
  let isFirst = true;
  const network = serving(async (request) => {
    if (request.range?.start === 900 && isFirst) {
      isFirst = false;
      await backend.chunks.delete((await backend.chunks.keys()).slice(0, 2));
    }
    return bytesResponse(sample.content, request);
  });
  const { files } = await makeStore(network, { backend }).bring(sample.pkg).brought;
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
  expect(fileRequests(network)).toHaveLength(12);
});

test('a new manifest of a package that is on its way drops what only the old one names', async () => {
  const newer = samplePackage({ content: sampleBytes(1_000, 2) });
  const backend = memoryBackend();
  const network = serving(endingAfter(300, { backend, content: sample.content, storedChunks: 3 }));
  const { bring } = makeStore(network, { backend });
  await bring(sample.pkg).brought.catch(() => undefined);
  expect(await chunkCount(backend)).toBe(3);
  network.serve(newer.served);
  await bring(newer.pkg).brought;
  expect(await chunkCount(backend)).toBe(10);
});

const mark = async (shelf: WeightShelf) => {
  const [{ isPinned, lastUsedMs } = {}] = await shelf.list();
  return { isPinned, lastUsedMs };
};

test('pins and use are noted of packages, complete or not, and each leaves the other', async () => {
  for (const chunks of [4, 10]) {
    const backend = memoryBackend();
    const shelf = new WeightShelf(backend, { now: () => 7_000 });
    await shelve({ shelf, backend }, sample, { chunks });
    expect(await mark(shelf)).toEqual({ isPinned: false, lastUsedMs: 0 });
    await shelf.pin('sample', true);
    await shelf.touch('sample');
    expect(await mark(shelf)).toEqual({ isPinned: true, lastUsedMs: 7_000 });
    await shelf.pin('sample', false);
    expect(await mark(shelf)).toEqual({ isPinned: false, lastUsedMs: 7_000 });
  }
});

test('nothing is noted of a package that is not there, and nothing is left of one that is removed', async () => {
  const backend = memoryBackend();
  const shelf = new WeightShelf(backend);
  await shelf.pin('nothing', true);
  await shelf.touch('nothing');
  await shelve({ shelf, backend }, sample);
  await shelf.pin('sample', true);
  await shelf.remove('sample');
  expect(await backend.marks.keys()).toEqual([]);
});

test('a draft of the same files keeps what came of it and that it is paused, and learns where it comes from now', async () => {
  const backend = memoryBackend();
  const shelf = new WeightShelf(backend);
  const { manifest, pkg } = sample;
  const quarantine = { 'model.gguf': { pieces: ['aa', null] } };
  await backend.drafts.put('sample', { manifest, document: null, pkg: null, isPaused: true, quarantine });
  await shelf.draft({ manifest: { ...manifest, license: 'MIT' }, document: '{}', pkg });
  expect(await backend.drafts.get('sample')).toEqual({
    manifest: { ...manifest, license: 'MIT' },
    document: '{}',
    pkg,
    isPaused: true,
    quarantine,
  });
  await shelf.draft({ manifest, document: null, pkg: null });
  expect(await backend.drafts.get('sample')).toMatchObject({ document: '{}', pkg });
});

test('a package that takes the place of an earlier one leaves nothing of that one', async () => {
  const backend = memoryBackend();
  const shelf = new WeightShelf(backend);
  await shelve({ shelf, backend }, sample);
  const newer = samplePackage({ content: Uint8Array.from([...sample.content.slice(0, 900), ...sampleBytes(100, 9)]) });
  await shelve({ shelf, backend }, newer);
  expect(await chunkCount(backend)).toBe(10);
  expect(await bytesOf((await shelf.open('sample'))?.files.get('model.gguf'))).toEqual(newer.content);
});
