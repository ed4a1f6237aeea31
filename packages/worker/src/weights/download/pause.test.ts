import { expect, test } from 'vitest';
import { bytesResponse, type Served, webDouble } from '../network/web.double.ts';
import { samplePackage } from '../sample-package.double.ts';
import { fileRequests, makeStore, makeTabs, until } from '../store.double.ts';

const sample = samplePackage();
const signal = new AbortController().signal;
const background = { priority: 'background', signal, onProgress: () => undefined } as const;

/** Gives the first 500 bytes; the rest as soon as it is let go on. */
function held() {
  const gate = { isOpen: false };
  const file: Served = async (request) => {
    if ((request.range?.start ?? 0) < 500 || gate.isOpen) return bytesResponse(sample.content, request);
    return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
  };
  const network = webDouble({ ...sample.served, [sample.fileUrl]: file });
  const letGo = () => {
    gate.isOpen = true;
  };
  const isHeld = () => fileRequests(network).filter(({ range }) => (range?.start ?? 0) >= 500).length === 2;
  return { network, letGo, isHeld };
}

const stateOf = async ({ store }: Pick<ReturnType<typeof makeStore>, 'store'>) => (await store.list())[0]?.state;

test('a pause stops the transfers at once, and who waits goes on waiting', async () => {
  const { network, letGo, isHeld } = held();
  const tab = makeStore(network);
  const { brought, progress } = tab.bring(sample.pkg);
  await until(isHeld);
  await tab.store.pause('sample');
  expect(network.requests.slice(-2).every((request) => request.signal.aborted)).toBe(true);
  await until(() => progress.at(-1)?.phase === 'paused');
  expect(progress.at(-1)).toMatchObject({ storedBytes: 500, bytesPerSecond: 0, secondsLeft: null });
  expect(await stateOf(tab)).toBe('paused');
  letGo();
  await tab.store.resume('sample');
  expect((await brought).fetchedBytes).toBe(1_000);
  expect(progress.at(-1)).toMatchObject({ phase: 'open', storedBytes: 1_000 });
});

test('it can be paused and resumed from another tab', async () => {
  const { network, letGo, isHeld } = held();
  const [one, two] = makeTabs(2, network);
  if (!one || !two) throw new Error('There are two.');
  const { brought, progress } = one.bring(sample.pkg);
  await until(isHeld);
  await two.store.pause('sample');
  await until(() => progress.at(-1)?.phase === 'paused');
  await until(async () => (await stateOf(two)) === 'paused');
  letGo();
  await two.store.resume('sample');
  expect((await brought).fetchedBytes).toBe(1_000);
  expect(fileRequests(network)).toHaveLength(12);
});

test('who resumes another tab’s download does not take it over: when those who wait for it leave, it ends', async () => {
  const { network, isHeld } = held();
  const [one, two] = makeTabs(2, network);
  if (!one || !two) throw new Error('There are two.');
  const leaving = new AbortController();
  const { brought, progress } = one.bring(sample.pkg, leaving.signal);
  const left = brought.catch(() => undefined);
  await until(isHeld);
  await two.store.pause('sample');
  await until(() => progress.at(-1)?.phase === 'paused');
  await two.store.resume('sample');
  await until(async () => (await two.store.list())[0]?.progress?.phase === 'download');
  leaving.abort();
  await left;
  await until(async () => (await stateOf(two)) === 'incomplete');
  expect((await navigator.locks.query()).held?.filter(({ name }) => name?.startsWith('orilla-download'))).toEqual([]);
});

test('a pause survives a reload, and whoever resumes it then downloads what is missing', async () => {
  const { network, letGo, isHeld } = held();
  const before = makeStore(network);
  const leaving = new AbortController();
  const left = expect(before.bring(sample.pkg, leaving.signal).brought).rejects.toMatchObject({ name: 'AbortError' });
  await until(isHeld);
  await before.store.pause('sample');
  leaving.abort();
  await left;
  const after = makeStore(network, { backend: before.backend });
  expect(await after.store.list()).toMatchObject([{ id: 'sample', state: 'paused', bytes: 500, progress: null }]);
  letGo();
  await after.store.resume('sample');
  await until(async () => (await stateOf(after)) === 'complete');
  expect(fileRequests(network)).toHaveLength(5 + 2 + 5);
});

test('a load of what is paused resumes it', async () => {
  const { network, letGo, isHeld } = held();
  const tab = makeStore(network);
  const first = tab.bring(sample.pkg).brought;
  await until(isHeld);
  await tab.store.pause('sample');
  letGo();
  await tab.bring(sample.pkg).brought;
  expect((await first).fetchedBytes).toBe(1_000);
});

test('what was left without a pause is told as incomplete, and can be paused where it stands', async () => {
  const { network, isHeld } = held();
  const tab = makeStore(network);
  const leaving = new AbortController();
  const left = tab.bring(sample.pkg, leaving.signal).brought.catch(() => undefined);
  await until(isHeld);
  leaving.abort();
  await left;
  await until(async () => (await stateOf(tab)) === 'incomplete');
  await tab.store.pause('sample');
  expect(await stateOf(tab)).toBe('paused');
});

test('what was aborted a moment ago can be paused and resumed, though it may still be stopping', async () => {
  const { network, letGo, isHeld } = held();
  const tab = makeStore(network);
  const abortInMidDownload = async () => {
    const leaving = new AbortController();
    const left = tab.bring(sample.pkg, leaving.signal).brought.catch(() => undefined);
    await until(isHeld);
    leaving.abort();
    await left;
  };
  await abortInMidDownload();
  await tab.store.pause('sample');
  expect(await stateOf(tab)).toBe('paused');
  letGo();
  await tab.store.resume('sample');
  await until(async () => (await stateOf(tab)) === 'complete');
});

test('when the tab that has paused it goes, the next one waits for the resumption as well', async () => {
  const { network, letGo, isHeld } = held();
  const [one, two] = makeTabs(2, network);
  if (!one || !two) throw new Error('There are two.');
  const leaving = new AbortController();
  const left = one.bring(sample.pkg, leaving.signal).brought.catch(() => undefined);
  await until(isHeld);
  const next = two.bring(sample.pkg);
  await until(() => next.progress.length > 1);
  await two.store.pause('sample');
  await until(() => next.progress.at(-1)?.phase === 'paused');
  const before = network.requests.length;
  leaving.abort();
  await left;
  await until(async () => (await navigator.locks.query()).pending?.length === 0);
  expect(network.requests).toHaveLength(before);
  letGo();
  await two.store.resume('sample');
  expect((await next.brought).fetchedBytes).toBe(500);
});

test('a resumption that cannot get under way says why', async () => {
  const { network, isHeld } = held();
  const tab = makeStore(network);
  await expect(tab.store.resume('unknown')).rejects.toMatchObject({
    code: 'storage.unavailable',
    message: expect.stringContaining("isn't known where the model package unknown can be downloaded"),
  });
  const leaving = new AbortController();
  const left = tab.bring(sample.pkg, leaving.signal).brought.catch(() => undefined);
  await until(isHeld);
  leaving.abort();
  await left;
  network.serve({});
  await expect(tab.store.resume('sample')).rejects.toMatchObject({ code: 'catalog.unreachable' });
});

test('pausing what is complete, or not there at all, changes nothing', async () => {
  const tab = makeStore(webDouble(sample.served));
  await tab.store.pause('sample');
  expect(await tab.store.list()).toEqual([]);
  await tab.bring(sample.pkg).brought;
  await tab.store.pause('sample');
  expect(await tab.store.list()).toMatchObject([{ state: 'complete' }]);
});

test('a download in the background gives what is stored, and is joined by who loads it', async () => {
  const { network, letGo, isHeld } = held();
  const tab = makeStore(network);
  const download = tab.store.download(sample.pkg, background);
  await until(isHeld);
  const { brought } = tab.bring(sample.pkg);
  letGo();
  await tab.store.pause('sample');
  await tab.store.resume('sample');
  expect(await download).toMatchObject({ id: 'sample', state: 'complete', bytes: 1_000, totalBytes: 1_000 });
  expect((await brought).files.size).toBe(1);
});

test('a pause from a tab that waits for the download of another settles when that one has noted it', async () => {
  const { network, isHeld } = held();
  const sleep: typeof network.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const [one, two] = makeTabs(2, { ...network, sleep });
  if (!one || !two) throw new Error('There are two.');
  const leaving = new AbortController();
  const waits = [one, two].map(({ bring }) => bring(sample.pkg, leaving.signal));
  await until(isHeld);
  await until(() => waits[1]?.progress.at(-1)?.phase === 'download');
  await two.store.pause('sample');
  expect((await two.backend.drafts.get('sample'))?.isPaused).toBe(true);
  leaving.abort();
  await Promise.allSettled(waits.map(({ brought }) => brought));
});

test('a download that fails after it was resumed says why in the list, in every tab, until the next attempt', async () => {
  const { network, letGo, isHeld } = held();
  const [one, two] = makeTabs(2, network);
  if (!one || !two) throw new Error('There are two.');
  const leaving = new AbortController();
  const left = one.bring(sample.pkg, leaving.signal).brought.catch(() => undefined);
  await until(isHeld);
  leaving.abort();
  await left;
  const listed = async () => (await two.store.list())[0];
  expect(await listed()).not.toHaveProperty('error');
  const missing: Served = ({ range }) => new Response('', { status: (range?.start ?? 0) < 500 ? 200 : 404 });
  network.serve({ ...sample.served, [sample.fileUrl]: missing });
  await one.store.resume('sample');
  await until(async () => (await listed())?.error !== undefined);
  expect(await listed()).toMatchObject({ state: 'incomplete', error: { code: 'storage.download-failed' } });
  letGo();
  network.serve(sample.served);
  await one.store.resume('sample');
  await until(async () => (await listed())?.state === 'complete');
  expect(await listed()).not.toHaveProperty('error');
});
