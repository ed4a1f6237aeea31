import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { bytesResponse, type Served, webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { bytesOf, endingAfter, fileRequests, makeStore, makeTabs, until } from '../store.double.ts';

// Tabs are stores of their own on one backend, with the real locks and a real BroadcastChannel between them.

const sample = samplePackage();
const serving = (file: Served) => webDouble({ ...sample.served, [sample.fileUrl]: file });

/** Gives nothing after the first `bytes` until it is let go on. */
function heldAfter(bytes: number) {
  const gate = Promise.withResolvers<void>();
  const file: Served = async (request) => {
    if ((request.range?.start ?? 0) >= bytes) {
      const aborted = new Promise<never>((_, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason)),
      );
      await Promise.race([gate.promise, aborted]);
    }
    return bytesResponse(sample.content, request);
  };
  return { file, letGo: gate.resolve };
}

test('twenty tabs that want a package at once: each byte crosses the network once, and all of them have it', async () => {
  const network = webDouble(sample.served);
  const brought = makeTabs(20, network).map(({ bring }) => bring(sample.pkg).brought);
  const all = await Promise.all(brought);
  expect(fileRequests(network)).toHaveLength(10);
  for (const { files } of all) expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
  expect(all.map(({ fetchedBytes }) => fetchedBytes).toSorted((a, b) => b - a)).toEqual([
    1_000,
    ...Array.from({ length: 19 }, () => 0),
  ]);
});

test('who waits sees how far the other tab is', async () => {
  const { file, letGo } = heldAfter(500);
  const network = serving(file);
  const [one, two] = makeTabs(2, network);
  const owner = one?.bring(sample.pkg);
  await until(() => fileRequests(network).length >= 6);
  const waiting = two?.bring(sample.pkg);
  await until(() => waiting?.progress.some(({ storedBytes }) => storedBytes === 500) ?? false);
  expect(waiting?.progress[0]).toMatchObject({ phase: 'waiting', storedBytes: 0, totalBytes: 1_000 });
  expect(waiting?.progress.at(-1)).toMatchObject({ phase: 'download', storedBytes: 500, fetchedBytes: 0 });
  letGo();
  expect((await owner?.brought)?.fetchedBytes).toBe(1_000);
  expect((await waiting?.brought)?.fetchedBytes).toBe(0);
});

test('when a tab leaves, the next goes on with what is missing', async () => {
  const { file, letGo } = heldAfter(500);
  const network = serving(file);
  const [one, two] = makeTabs(2, network);
  const leaving = new AbortController();
  const left = expect(one?.bring(sample.pkg, leaving.signal).brought).rejects.toMatchObject({ name: 'AbortError' });
  await until(() => fileRequests(network).length >= 6);
  const next = two?.bring(sample.pkg);
  await until(() => (next?.progress.length ?? 0) > 0);
  leaving.abort();
  await left;
  letGo();
  expect((await next?.brought)?.fetchedBytes).toBe(500);
});

test('a failure in one tab is not the other’s: that one tries for itself', async () => {
  const backend = memoryBackend();
  const network = serving(endingAfter(300, { backend, content: sample.content, storedChunks: 3 }));
  const tabs = makeTabs(2, network, { backend });
  const failures = tabs.map(({ bring }) =>
    expect(bring(sample.pkg).brought).rejects.toMatchObject({ code: 'storage.download-failed' }),
  );
  await Promise.all(failures);
  expect(fileRequests(network).filter(({ range }) => (range?.start ?? 0) < 300)).toHaveLength(3);
});

test('without locks it is downloaded all the same', async () => {
  const { bring } = makeStore(webDouble(sample.served), { locks: null });
  expect((await bring(sample.pkg).brought).fetchedBytes).toBe(1_000);
});

test('a chunk that two packages share is fetched once, though both are downloaded at the same time', async () => {
  const content = Uint8Array.from(sample.content);
  content.set(sampleBytes(100, 9), 900);
  const other = samplePackage({ id: 'other', content });
  const network = webDouble({ ...sample.served, ...other.served });
  const [one, two] = makeTabs(2, network);
  const [first, second] = await Promise.all([one?.bring(sample.pkg).brought, two?.bring(other.pkg).brought]);
  expect((first?.fetchedBytes ?? 0) + (second?.fetchedBytes ?? 0)).toBe(1_100);
  expect(await bytesOf(second?.files.get('model.gguf'))).toEqual(content);
});

test('removing a package ends its download in another tab, and the wait for it in a third, with words that say so', async () => {
  const network = serving(heldAfter(500).file);
  const [one, two, three] = makeTabs(3, network);
  const ended = [one, two].map((tab) =>
    expect(tab?.bring(sample.pkg).brought).rejects.toMatchObject({
      code: 'storage.unavailable',
      message: expect.stringContaining('was removed while it was on its way'),
    }),
  );
  await until(() => fileRequests(network).length >= 6);
  await three?.store.remove('sample');
  await Promise.all(ended);
  expect(await three?.store.list()).toEqual([]);
  expect(await three?.backend.chunks.keys()).toEqual([]);
});

test('a package that is wanted again while it is being removed is downloaded again', async () => {
  const network = webDouble(sample.served);
  const [one, two] = makeTabs(2, network);
  await one?.bring(sample.pkg).brought;
  const removed = one?.store.remove('sample');
  await removed;
  expect((await two?.bring(sample.pkg).brought)?.fetchedBytes).toBe(1_000);
});
