import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { inventory, shelve } from './shelving.double.ts';
import { WeightShelf } from './weight-shelf.ts';

const sample = samplePackage();
const half = samplePackage({ id: 'half', content: sampleBytes(1_000, 5) });

async function setUp() {
  const backend = memoryBackend();
  const shelf = new WeightShelf(backend, { locks: navigator.locks });
  await shelve({ shelf, backend }, sample);
  await shelve({ shelf, backend }, half, { chunks: 3 });
  await shelf.touch('sample');
  return { backend, shelf };
}

test('takes nothing that a package or a draft names, or that is noted of one', async () => {
  const { backend, shelf } = await setUp();
  const before = await inventory(backend);
  await shelf.collectGarbage();
  expect(await inventory(backend)).toEqual(before);
});

test('takes chunks and marks of packages that are gone, and sweeps', async () => {
  const { backend, shelf } = await setUp();
  const before = await inventory(backend);
  await backend.chunks.put('orphan', new Blob(['x']));
  await backend.marks.put('gone', { isPinned: true, lastUsedMs: 1 });
  let sweeps = 0;
  const watched = new WeightShelf({
    ...backend,
    sweep: async () => {
      sweeps += 1;
    },
  });
  await watched.collectGarbage();
  expect(await inventory(backend)).toEqual(before);
  expect(sweeps).toBe(1);
  await shelf.collectGarbage();
});

test('takes the draft of a package that has become complete, and leaves one of another version', async () => {
  const { backend, shelf } = await setUp();
  await backend.drafts.put('sample', { manifest: sample.manifest, document: null, pkg: null });
  await shelf.collectGarbage();
  expect(await backend.drafts.keys()).toEqual(['half']);
  const { manifest } = samplePackage({ content: sampleBytes(1_000, 6) });
  await backend.drafts.put('sample', { manifest, document: null, pkg: null });
  await shelf.collectGarbage();
  expect(await backend.drafts.keys()).toEqual(['half', 'sample']);
});

test('leaves the draft of a package that is being mended', async () => {
  const { backend, shelf } = await setUp();
  await backend.drafts.put('sample', { manifest: sample.manifest, document: null, pkg: null });
  await backend.chunks.delete((await backend.chunks.keys()).slice(0, 1));
  await shelf.collectGarbage();
  expect(await backend.drafts.keys()).toEqual(['half', 'sample']);
});

test('what another tab names and stores in between stays', async () => {
  const backend = memoryBackend();
  const other = new WeightShelf(backend, { locks: navigator.locks });
  const late = samplePackage({ id: 'late', content: sampleBytes(1_000, 8) });
  // The other tab is faster than each step of this one.
  const slow = new Proxy(backend.chunks, {
    get: (target, name, receiver) => {
      if (name !== 'keys') return Reflect.get(target, name, receiver);
      return async () => {
        const keys = await target.keys();
        await backend.drafts.put('late', { manifest: late.manifest, document: null, pkg: null });
        await backend.chunks.put(late.manifest.files[0]?.chunks?.[0]?.sha256 ?? '', new Blob(['x'.repeat(100)]));
        return keys;
      };
    },
  });
  await new WeightShelf({ ...backend, chunks: slow }, { locks: navigator.locks }).collectGarbage();
  expect(await backend.chunks.keys()).toHaveLength(1);
  await other.collectGarbage();
  expect(await backend.chunks.keys()).toHaveLength(1);
});

test('a draft waits for a collection in another tab, and the other way round', async () => {
  const backend = memoryBackend();
  const [one, other] = [1, 2].map(() => new WeightShelf(backend, { locks: navigator.locks }));
  if (!one || !other) throw new Error('Two shelves were made.');
  await Promise.all([
    shelve({ shelf: one, backend }, sample),
    ...Array.from({ length: 20 }, () => other.collectGarbage()),
  ]);
  expect(await other.list()).toMatchObject([{ id: 'sample', isComplete: true }]);
});
