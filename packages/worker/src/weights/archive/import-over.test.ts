import { type LoadProgress, OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { type FaultMoment, faultyBackend } from '../backend/faulty-backend.double.ts';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { namedChunks } from '../shelf/named-chunks.ts';
import { inventory, shelve } from '../shelf/shelving.double.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { bytesOf, makeStore } from '../store.double.ts';
import { importPackage } from './import-package.ts';
import { writeTar } from './write-tar.ts';

// What an import does to what is there of the same package, when it fails and when it does not.

const sample = samplePackage();
const archived = samplePackage({ chunkBytes: 250 });
const archiveOf = (content = archived.content, { manifest } = archived) =>
  writeTar([
    { name: 'sample/manifest.json', content: new Blob([JSON.stringify(manifest)]) },
    { name: 'sample/files/model.gguf', content: new Blob([content]) },
  ]);
const damaged = archiveOf(Uint8Array.from(archived.content).fill(0, 900, 902));

/** Half of a download is there. */
async function halfWay(memory: WeightBackend = memoryBackend(), made = sample) {
  const shelf = new WeightShelf(memory);
  await shelve({ shelf, backend: memory }, made, { chunks: 5 });
  const before = { stored: await inventory(memory), draft: await memory.drafts.get('sample') };
  const expectAsBefore = async () => {
    expect(await inventory(memory)).toEqual(before.stored);
    expect(await memory.drafts.get('sample')).toEqual(before.draft);
  };
  return { memory, expectAsBefore };
}

const take = (
  archive: Blob,
  backend: WeightBackend,
  signal = new AbortController().signal,
  onStored: (bytes: number) => unknown = () => undefined,
) =>
  importPackage(archive, {
    backend,
    shelf: new WeightShelf(backend),
    signal,
    onProgress: ({ storedBytes }: LoadProgress) => onStored(storedBytes),
  });

test('a bad archive changes nothing of a download, and nothing is written before all of it is proven', async () => {
  const { memory, expectAsBefore } = await halfWay();
  const refusing = () => Promise.reject(new Error('written'));
  const backend = {
    ...memory,
    chunks: { ...memory.chunks, put: refusing },
    drafts: { ...memory.drafts, put: refusing, update: refusing },
  };
  await expect(take(damaged, backend)).rejects.toMatchObject({ code: 'storage.bad-archive' });
  await expectAsBefore();
});

const failures = [
  ['an abort', () => new DOMException('Aborted.', 'AbortError')],
  ['a full disk', () => new OrillaError('storage.quota-exceeded', 'Full.')],
] as const;
test.each(failures)('%s in the middle of it: the download is as it was, and goes on from there', async (_, fail) => {
  const { memory, expectAsBefore } = await halfWay();
  let puts = 0;
  const put: WeightBackend['chunks']['put'] = async (key, value) => {
    puts += 1;
    if (puts === 3) throw fail();
    await memory.chunks.put(key, value);
  };
  await expect(take(archiveOf(), { ...memory, chunks: { ...memory.chunks, put } })).rejects.toEqual(fail());
  await expectAsBefore();
  const { bring } = makeStore(webDouble(sample.served), { backend: memory });
  expect((await bring(sample.pkg).brought).fetchedBytes).toBe(500);
});

test('one that fails over a complete package of other files leaves no draft, which would keep that from being removed', async () => {
  const memory = memoryBackend();
  const other = samplePackage({ content: sampleBytes(1_000, 8) });
  await shelve({ shelf: new WeightShelf(memory), backend: memory }, other);
  const before = await inventory(memory);
  const controller = new AbortController();
  const aborting = take(archiveOf(), memory, controller.signal, (bytes) => bytes === 500 && controller.abort());
  await expect(aborting).rejects.toMatchObject({ name: 'AbortError' });
  expect(await inventory(memory)).toEqual(before);
});

test('one that succeeds takes the place of the download, by whatever pieces that had; its sources stay known', async () => {
  const { memory } = await halfWay();
  await take(archiveOf(), memory);
  expect(await memory.packages.get('sample')).toMatchObject({ manifest: archived.manifest, pkg: sample.pkg });
  expect(await memory.chunks.keys()).toHaveLength(4);
  expect(await memory.drafts.keys()).toEqual([]);
});

test('what was imported just now is not the first to go', async () => {
  const { memory } = await halfWay();
  const beforeMs = Date.now();
  await take(archiveOf(), memory);
  expect((await memory.marks.get('sample'))?.lastUsedMs).toBeGreaterThanOrEqual(beforeMs);
});

const moments: readonly FaultMoment[] = ['before', 'after', 'hang-before', 'hang-after'];
test.each(moments)(
  'a tab that goes at any operation of an import over a download (%s): nothing that was stored is fetched again',
  async (moment) => {
    for (let failAt = 1; ; failAt += 1) {
      const { memory } = await halfWay();
      const { backend, failed, count } = faultyBackend(memory, { failAt, moment });
      await Promise.race([
        take(archiveOf(), backend).catch(() => undefined),
        failed.then(() => new Promise((resolve) => setTimeout(resolve, 0))),
      ]);
      const shelf = new WeightShelf(memory);
      await shelf.collectGarbage();
      const named = await namedChunks(memory);
      expect((await memory.chunks.keys()).filter((hash) => !named.has(hash))).toEqual([]);
      expect((await memory.drafts.get('sample'))?.pkg ?? sample.pkg).toEqual(sample.pkg);
      const { bring } = makeStore(webDouble(sample.served), { backend: memory });
      const { files, fetchedBytes } = await bring(sample.pkg).brought;
      expect(fetchedBytes).toBeLessThanOrEqual(500);
      expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
      await shelf.remove('sample');
      expect(await memory.chunks.keys()).toEqual([]);
      if (count() < failAt) return;
    }
  },
);
