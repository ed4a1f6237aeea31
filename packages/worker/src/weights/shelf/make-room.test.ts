import { isOrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import type { MakeRoomOptions } from './make-room.ts';
import { shelve } from './shelving.double.ts';
import { WeightShelf } from './weight-shelf.ts';

const one = samplePackage({ id: 'one', content: sampleBytes(1_000, 11) });
const two = samplePackage({ id: 'two', content: sampleBytes(1_000, 12) });
const three = samplePackage({ id: 'three', content: sampleBytes(1_000, 13) });
/** As `one`, but for its last chunk. */
const almostOne = samplePackage({
  id: 'almost',
  content: Uint8Array.from([...one.content.slice(0, 900), ...sampleBytes(100, 4)]),
});

/** Three packages, `one` used longest ago, in a browser that has room for so many bytes more. */
async function setUp({ freeBytes = 500, all = [one, two, three] } = {}) {
  const backend = memoryBackend();
  let nowMs = 1_000;
  const shelf = new WeightShelf(backend, { now: () => nowMs });
  for (const sample of all) {
    await shelve({ shelf, backend }, sample);
    await shelf.touch(sample.manifest.id);
    nowMs += 1_000;
  }
  const makeRoom = (bytes: number, options: Partial<MakeRoomOptions> = {}) =>
    shelf.makeRoom(bytes, {
      estimate: async () => ({ usage: 10_000 - freeBytes, quota: 10_000 }),
      isOpen: async () => false,
      ...options,
    });
  const ids = async () => (await shelf.list()).map(({ id }) => id);
  return { backend, shelf, makeRoom, ids };
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (isOrillaError(error) ? error : null),
  );

test('where there is room nothing goes', async () => {
  const { makeRoom, ids } = await setUp();
  expect(await makeRoom(500)).toEqual([]);
  expect(await ids()).toEqual(['one', 'two', 'three']);
});

test('the least recently used goes, with its chunks and marks, and no more than needed', async () => {
  const { makeRoom, ids, backend } = await setUp();
  expect(await makeRoom(501)).toEqual(['one']);
  expect(await ids()).toEqual(['two', 'three']);
  expect((await backend.chunks.keys()).length).toBe(20);
  expect(await backend.marks.keys()).toEqual(['two', 'three']);
  expect(await makeRoom(1_501)).toEqual(['two', 'three']);
});

test('what was used meanwhile stays longer', async () => {
  const { makeRoom, shelf } = await setUp();
  await shelf.touch('one');
  expect(await makeRoom(501)).toEqual(['two']);
});

test('what is pinned, open or not complete stays', async () => {
  const { makeRoom, shelf, backend, ids } = await setUp();
  const half = samplePackage({ id: 'half', content: sampleBytes(1_000, 14) });
  await shelve({ shelf, backend }, half, { chunks: 5 });
  await shelf.pin('one', true);
  expect(await makeRoom(501, { isOpen: async (id) => id === 'two' })).toEqual(['three']);
  expect(await ids()).toEqual(['one', 'two', 'half']);
});

test('where it would not be enough nothing goes, and the figures are told, those of pins too', async () => {
  const { makeRoom, shelf, ids } = await setUp();
  await shelf.pin('two', true);
  const error = await refusal(makeRoom(3_000, { isOpen: async (id) => id === 'three' }));
  expect(error).toMatchObject({ code: 'storage.quota-exceeded' });
  expect(error?.message).toMatch(/it needs 3000 bytes more, and 500 are available/);
  expect(error?.advice).toMatch(/free disk space\. Unpinning would allow to free 1000 bytes\.$/);
  expect(await ids()).toEqual(['one', 'two', 'three']);
});

test('of pins nothing is said where there are none', async () => {
  const { makeRoom } = await setUp();
  expect((await refusal(makeRoom(9_000)))?.advice).toBe('Remove another model, or free disk space.');
});

test('a browser that uses more than it may has no room at all', async () => {
  const { makeRoom } = await setUp({ freeBytes: -500, all: [] });
  expect((await refusal(makeRoom(1)))?.message).toMatch(/needs 1 bytes more, and 0 are available/);
});

test('a budget counts as the disk does, and the tighter of the two is told', async () => {
  const { makeRoom, ids } = await setUp({ freeBytes: 5_000 });
  expect(await makeRoom(100, { budgetBytes: 3_100 })).toEqual([]);
  expect(await makeRoom(200, { budgetBytes: 3_100 })).toEqual(['one']);
  const error = await refusal(makeRoom(4_000, { budgetBytes: 3_100 }));
  expect(error?.message).toMatch(/budget for models has no room .* needs 4000 bytes more, and 1100 are available/);
  expect(error?.advice).toMatch(/larger budget/);
  expect(await ids()).toEqual(['two', 'three']);
});

test('does not guess where the browser does not tell; a budget counts there too', async () => {
  const { makeRoom } = await setUp();
  expect(await makeRoom(1e15, { estimate: null })).toEqual([]);
  expect(await makeRoom(1e15, { estimate: async () => ({}) })).toEqual([]);
  expect(await makeRoom(1e15, { estimate: () => Promise.reject(new TypeError('opaque origin')) })).toEqual([]);
  expect(await makeRoom(100, { estimate: null, budgetBytes: 3_000 })).toEqual(['one']);
});

test('what the newcomer shares with another package does not go with that one, and frees nothing', async () => {
  const { makeRoom, backend } = await setUp();
  // 100 bytes are missing, and nothing but the last chunk of `one` would become free with it.
  expect(await makeRoom(600, { draft: almostOne })).toEqual(['one']);
  const kept = new Set(await backend.chunks.keys());
  expect(almostOne.manifest.files[0]?.chunks?.filter(({ sha256 }) => kept.has(sha256))).toHaveLength(9);
});

test('what belongs to nothing goes before any package does', async () => {
  const { backend, shelf } = await setUp();
  for (let index = 0; index < 10; index += 1) await backend.chunks.put(`orphan-${index}`, new Blob(['x'.repeat(100)]));
  const usage = async () => 6_500 + 100 * (await backend.chunks.keys()).length;
  const estimate = async () => ({ usage: await usage(), quota: 10_500 });
  expect(await shelf.makeRoom(1_000, { estimate, isOpen: async () => false })).toEqual([]);
  expect((await backend.chunks.keys()).length).toBe(30);
});

test('what the newcomer has already, named by nothing yet, is not taken for garbage', async () => {
  const { backend, makeRoom } = await setUp();
  const newcomer = samplePackage({ id: 'newcomer', content: sampleBytes(200, 15) });
  const [first] = newcomer.manifest.files[0]?.chunks ?? [];
  await backend.chunks.put(first?.sha256 ?? '', new Blob([newcomer.content.slice(0, 100)]));
  await makeRoom(501, { draft: newcomer });
  expect(await backend.chunks.keys()).toContain(first?.sha256);
});

test('a package that is damaged is being mended, not given up', async () => {
  const { makeRoom, backend, ids } = await setUp();
  await backend.chunks.delete([one.manifest.files[0]?.chunks?.[0]?.sha256 ?? '']);
  expect(await makeRoom(501)).toEqual(['two']);
  expect(await ids()).toEqual(['one', 'three']);
});

const half = samplePackage({ id: 'half', content: sampleBytes(1_000, 14) });

test('what nobody completes any more goes first, but not where it is pinned, or downloaded, or nobody can tell', async () => {
  const { makeRoom, shelf, backend, ids } = await setUp();
  await shelve({ shelf, backend }, half, { chunks: 5 });
  const isDownloading = async () => false;
  expect(await makeRoom(501, { isDownloading, isOpen: async (id) => id === 'half' })).toEqual(['one']);
  await shelf.pin('half', true);
  expect(await makeRoom(501, { isDownloading })).toEqual(['two']);
  await shelf.pin('half', false);
  expect(await makeRoom(501, { isDownloading: null })).toEqual(['three']);
  expect(await makeRoom(501, { isDownloading })).toEqual(['half']);
  expect(await ids()).toEqual([]);
  expect(await backend.chunks.keys()).toEqual([]);
});

test('so does a package with a chunk lost, with what is left of it', async () => {
  const { makeRoom, backend, ids, shelf } = await setUp();
  await backend.chunks.delete([three.manifest.files[0]?.chunks?.[0]?.sha256 ?? '']);
  // Somebody began to mend it, and left.
  await shelf.draft({ manifest: three.manifest, document: null, pkg: three.pkg });
  expect(await makeRoom(501, { isDownloading: async () => false })).toEqual(['three']);
  expect(await ids()).toEqual(['one', 'two']);
  expect((await backend.chunks.keys()).length).toBe(20);
});

test('what other downloads still fetch is as good as taken, of the disk and of the budget', async () => {
  const { makeRoom, shelf, backend } = await setUp({ freeBytes: 1_000, all: [] });
  await shelve({ shelf, backend }, half, { chunks: 5 });
  const isDownloading = async (id: string) => id === 'half';
  const isOpen = isDownloading;
  expect(await makeRoom(500, { isOpen, isDownloading })).toEqual([]);
  expect((await refusal(makeRoom(501, { isOpen, isDownloading })))?.message).toMatch(/and 500 are available/);
  const budget = { estimate: null, budgetBytes: 1_500, isOpen, isDownloading };
  expect(await makeRoom(500, budget)).toEqual([]);
  expect((await refusal(makeRoom(501, budget)))?.message).toMatch(/and 500 are available/);
  // What the newcomer fetches anyway is not counted twice, nor is the newcomer itself.
  expect(
    await makeRoom(1_000, { isOpen, isDownloading, draft: { ...half, manifest: { ...half.manifest, id: 'twin' } } }),
  ).toEqual([]);
  expect(await makeRoom(1_000, { isOpen, isDownloading, draft: half })).toEqual([]);
});

test('a budget that is exceeded is kept again with the next package, not only by what that one needs', async () => {
  const { makeRoom, ids } = await setUp();
  const budget = { estimate: null, budgetBytes: 1_500 };
  expect(await makeRoom(0, budget)).toEqual([]);
  expect(await makeRoom(500, budget)).toEqual(['one', 'two']);
  expect(await ids()).toEqual(['three']);
});
