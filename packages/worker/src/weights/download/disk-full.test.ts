import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { fileRequests, makeStore } from '../store.double.ts';

const sample = samplePackage();

/** Takes so many chunks, and then refuses as a full disk does. */
function smallDisk(chunks: number) {
  const memory = memoryBackend();
  const disk = { chunks };
  const backend: WeightBackend = {
    ...memory,
    chunks: {
      ...memory.chunks,
      put: async (key, blob) => {
        if ((await memory.chunks.keys()).length >= disk.chunks)
          throw new OrillaError('storage.quota-exceeded', 'The browser has no room left for the model.');
        await memory.chunks.put(key, blob);
      },
    },
  };
  return { backend, disk };
}

test('a disk that is full in the middle: what is stored stays, and the error says how much is missing', async () => {
  const { backend, disk } = smallDisk(4);
  const { bring, store } = makeStore(webDouble(sample.served), { backend });
  await expect(bring(sample.pkg).brought).rejects.toMatchObject({
    code: 'storage.quota-exceeded',
    message: expect.stringContaining('600 bytes of the model are missing'),
    advice: expect.stringContaining('free disk space'),
  });
  expect(await store.list()).toMatchObject([{ id: 'sample', bytes: 400, state: 'incomplete' }]);
  disk.chunks = 100;
  expect((await bring(sample.pkg).brought).fetchedBytes).toBe(600);
});

test('what is not pinned and was not used for longest makes room before the first byte is fetched', async () => {
  const [old, recent, pinned] = ['old', 'recent', 'pinned'].map((id, index) =>
    samplePackage({ id, content: sampleBytes(1_000, index + 11) }),
  );
  if (!old || !recent || !pinned) throw new Error('There are three.');
  const network = webDouble({ ...sample.served, ...old.served, ...recent.served, ...pinned.served });
  const { bring, store } = makeStore(network, { budgetBytes: 3_200 });
  for (const { pkg } of [pinned, old, recent]) {
    await bring(pkg).brought;
    await new Promise((resolve) => setTimeout(resolve, 2)); // uses are told apart by the millisecond
  }
  await store.pin('pinned', true);
  await bring(sample.pkg).brought;
  expect((await store.list()).map(({ id }) => id).toSorted()).toEqual(['pinned', 'recent', 'sample']);
});

test('where nothing may go, it is said before the first byte', async () => {
  const network = webDouble(sample.served);
  const { bring, store } = makeStore(network, { budgetBytes: 999 });
  await expect(bring(sample.pkg).brought).rejects.toMatchObject({
    code: 'storage.quota-exceeded',
    message: expect.stringContaining('it needs 1000 bytes more, and 999 are available'),
  });
  expect(fileRequests(network)).toEqual([]);
  expect(await store.list()).toEqual([]);
});

test('one download that finds the disk full tells the others, and none of them fetches what it could not keep', async () => {
  const ids = ['a', 'b', 'c', 'd'];
  const samples = ids.map((id, index) => samplePackage({ id, content: sampleBytes(1_000, index + 1) }));
  const { backend } = smallDisk(0);
  const web = webDouble(Object.assign({}, ...samples.map(({ served }) => served)));
  const { bring } = makeStore(web, { backend });
  const ended = await Promise.allSettled(samples.map(({ pkg }) => bring(pkg).brought));
  for (const end of ended) expect(end).toMatchObject({ reason: { code: 'storage.quota-exceeded' } });
  // As many as there are slots at the beginning.
  expect(
    samples.flatMap(({ fileUrl }) => web.requests.filter(({ url }) => url === fileUrl)).length,
  ).toBeLessThanOrEqual(2);
});
