import type { LoadProgress } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { shelve } from './shelving.double.ts';
import { WeightShelf } from './weight-shelf.ts';

const sample = samplePackage();
const hashes = sample.manifest.files[0]?.chunks?.map(({ sha256 }) => sha256) ?? [];
const hashAt = (index: number) => hashes[index] ?? '';

async function setUp() {
  const backend = memoryBackend();
  const shelf = new WeightShelf(backend);
  await shelve({ shelf, backend }, sample);
  const progress: LoadProgress[] = [];
  const verify = (id = 'sample', signal = new AbortController().signal) =>
    shelf.verify(id, { signal, onProgress: (step) => progress.push(step) });
  return { backend, shelf, verify, progress };
}

test('a package that is whole is told as whole, and stays', async () => {
  const { verify, shelf, progress } = await setUp();
  expect(await verify()).toEqual({ checkedBytes: 1_000, damagedChunks: 0 });
  expect(await shelf.open('sample')).not.toBeNull();
  expect(progress[0]).toMatchObject({ phase: 'verify', storedBytes: 0, totalBytes: 1_000 });
  expect(progress.at(-1)).toMatchObject({ phase: 'verify', storedBytes: 1_000, fetchedBytes: 0 });
});

test('damaged chunks are removed, no others; the package is no longer opened, and stays to be mended', async () => {
  const { verify, shelf, backend } = await setUp();
  const wrong = sample.content.slice(300, 400);
  wrong[50] = ~(wrong[50] ?? 0);
  await backend.chunks.put(hashAt(3), new Blob([wrong]));
  await backend.chunks.put(hashAt(7), new Blob([sample.content.slice(700, 750)]));
  expect(await verify()).toEqual({ checkedBytes: 1_000, damagedChunks: 2 });
  expect(await shelf.open('sample')).toBeNull();
  expect((await backend.chunks.keys()).toSorted()).toEqual(hashes.filter((_, at) => at !== 3 && at !== 7).toSorted());
  expect(await shelf.list()).toMatchObject([{ id: 'sample', bytes: 800, isComplete: false, state: 'incomplete' }]);
  expect(await verify()).toEqual({ checkedBytes: 800, damagedChunks: 0 });
});

test('a chunk that can no longer be read counts as damaged', async () => {
  const { verify, backend } = await setUp();
  const unreadable = Object.assign(new Blob(['x'.repeat(100)]), {
    arrayBuffer: () => Promise.reject(new DOMException('The file is gone.', 'NotReadableError')),
  });
  const { get } = backend.chunks;
  Object.assign(backend.chunks, { get: async (key: string) => (key === hashAt(5) ? unreadable : get(key)) });
  expect(await verify()).toMatchObject({ damagedChunks: 1 });
  expect(await backend.chunks.keys()).not.toContain(hashAt(5));
});

test('of a package that is on its way, what is there is checked', async () => {
  const { verify, shelf, backend } = await setUp();
  await shelve({ shelf, backend }, samplePackage({ id: 'half', content: sampleBytes(1_000, 2) }), { chunks: 4 });
  expect(await verify('half')).toEqual({ checkedBytes: 400, damagedChunks: 0 });
});

test('content that a package has twice is read once', async () => {
  const { verify, shelf, backend } = await setUp();
  await shelve({ shelf, backend }, samplePackage({ id: 'zeros', content: new Uint8Array(1_000) }));
  expect(await verify('zeros')).toEqual({ checkedBytes: 100, damagedChunks: 0 });
});

test('one chunk at a time is in memory', async () => {
  const { verify, backend } = await setUp();
  const { get } = backend.chunks;
  let [reading, most] = [0, 0];
  Object.assign(backend.chunks, {
    get: async (key: string) => {
      const blob = await get(key);
      return Object.assign(new Blob([blob ?? '']), {
        arrayBuffer: async () => {
          reading += 1;
          most = Math.max(most, reading);
          const bytes = await blob?.arrayBuffer();
          reading -= 1;
          return bytes;
        },
      });
    },
  });
  expect(await verify()).toMatchObject({ damagedChunks: 0 });
  expect(most).toBe(1);
});

test('an abort ends it between two chunks, with nothing removed', async () => {
  const { shelf, backend } = await setUp();
  const controller = new AbortController();
  const onProgress = ({ storedBytes }: LoadProgress) => {
    if (storedBytes === 300) controller.abort();
  };
  await expect(shelf.verify('sample', { signal: controller.signal, onProgress })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(await backend.chunks.keys()).toHaveLength(10);
});

test('a package that is not there is told so', async () => {
  const { verify } = await setUp();
  await expect(verify('nothing')).rejects.toMatchObject({ code: 'catalog.unknown-model', advice: expect.any(String) });
});
