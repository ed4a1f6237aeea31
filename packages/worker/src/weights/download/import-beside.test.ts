import { expect, test } from 'vitest';
import { bytesResponse, type Served, webDouble } from '../network/web.double.ts';
import { samplePackage } from '../sample-package.double.ts';
import { bytesOf, makeStore, makeTabs, until } from '../store.double.ts';

const sample = samplePackage();
const signal = new AbortController().signal;
const quiet = { signal, onProgress: () => undefined };
const background = { ...quiet, priority: 'background' } as const;

const archive = await makeArchive();

async function makeArchive() {
  const { bring, store } = makeStore(webDouble(sample.served));
  await bring(sample.pkg).brought;
  return store.export('sample');
}

/** Gives the first 500 bytes, and of the rest nothing. */
function halfServed() {
  const file: Served = (request) =>
    (request.range?.start ?? 0) < 500
      ? bytesResponse(sample.content, request)
      : new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
  const network = webDouble({ ...sample.served, [sample.fileUrl]: file }, { stallMs: 3_600_000 });
  const isHeld = () => network.requests.filter(({ range }) => (range?.start ?? 0) >= 500).length === 2;
  return { network, isHeld };
}

test('an import does not wait for a download of that package, which then has what was imported', async () => {
  const { network, isHeld } = halfServed();
  const { store, bring } = makeStore(network);
  const download = store.download(sample.pkg, background);
  const { brought } = bring(sample.pkg);
  await until(isHeld);
  expect(await store.import(archive, quiet)).toMatchObject({ id: 'sample', state: 'complete' });
  expect(await download).toMatchObject({ state: 'complete' });
  const { files, fetchedBytes } = await brought;
  expect(fetchedBytes).toBeLessThanOrEqual(500);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('nor for one that is paused: that one is over with it', async () => {
  const { network, isHeld } = halfServed();
  const { store } = makeStore(network);
  const download = store.download(sample.pkg, background);
  await until(isHeld);
  await store.pause('sample');
  expect(await store.import(archive, quiet)).toMatchObject({ state: 'complete' });
  expect(await download).toMatchObject({ state: 'complete' });
});

test('nor for one in another tab, nor for a third that waits for that one', async () => {
  const { network, isHeld } = halfServed();
  const [one, two, three] = makeTabs(3, network);
  const first = one?.bring(sample.pkg);
  await until(isHeld);
  const second = two?.bring(sample.pkg);
  await until(() => second?.progress.at(-1)?.phase === 'download');
  await one?.store.pause('sample');
  expect(await three?.store.import(archive, quiet)).toMatchObject({ state: 'complete' });
  expect((await first?.brought)?.files.size).toBe(1);
  expect((await second?.brought)?.files.size).toBe(1);
});

test('where the import fails, the download goes on, and what is paused stays so', async () => {
  const { network, isHeld } = halfServed();
  const room = { quota: 1_000_000 };
  const { store, bring } = makeStore(network, { storage: { estimate: async () => ({ usage: 0, ...room }) } });
  const { brought, progress } = bring(sample.pkg);
  await until(isHeld);
  await store.pause('sample');
  room.quota = 1;
  await expect(store.import(archive, quiet)).rejects.toMatchObject({ code: 'storage.quota-exceeded' });
  room.quota = 1_000_000;
  await until(() => progress.at(-1)?.phase === 'paused');
  network.serve(sample.served);
  await store.resume('sample');
  expect((await brought).fetchedBytes).toBe(1_000);
});

test('an import that is aborted while it waits leaves the download as it is', async () => {
  const { network, isHeld } = halfServed();
  const { store, bring } = makeStore(network);
  const { brought } = bring(sample.pkg);
  await until(isHeld);
  const leaving = new AbortController();
  const importing = store.import(archive, { signal: leaving.signal, onProgress: () => leaving.abort() });
  await expect(importing).rejects.toMatchObject({ name: 'AbortError' });
  network.serve(sample.served);
  await store.pause('sample');
  await store.resume('sample');
  expect((await brought).files.size).toBe(1);
});
