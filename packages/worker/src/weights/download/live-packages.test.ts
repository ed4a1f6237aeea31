import type { StoredPackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { bytesResponse, type Served, webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { fileRequests, makeStore, makeTabs, until } from '../store.double.ts';

const sample = samplePackage();

function held(bytes: number) {
  const gate = Promise.withResolvers<void>();
  const file: Served = async (request) => {
    if ((request.range?.start ?? 0) >= bytes) await gate.promise;
    return bytesResponse(sample.content, request);
  };
  return { network: webDouble({ ...sample.served, [sample.fileUrl]: file }), letGo: gate.resolve };
}

function watch({ store }: Pick<ReturnType<typeof makeStore>, 'store'>) {
  const controller = new AbortController();
  const told: { readonly atMs: number; readonly packages: readonly StoredPackage[] }[] = [];
  const onPackages = (packages: readonly StoredPackage[]) => told.push({ atMs: performance.now(), packages });
  const ended = store.watch({ signal: controller.signal, onPackages });
  return { told, stop: () => controller.abort(), ended, last: () => told.at(-1)?.packages };
}

test('tells the list at once, also an empty one', async () => {
  const { told, stop, ended } = watch(makeStore(webDouble(null)));
  await until(() => told.length > 0);
  expect(told.map(({ packages }) => packages)).toEqual([[]]);
  stop();
  await ended;
});

test('every tab sees a download in any of them, from its beginning to its end', async () => {
  const { network, letGo } = held(500);
  const [one, two] = makeTabs(2, network);
  if (!one || !two) throw new Error('There are two.');
  const { last, stop, ended } = watch(two);
  const { brought } = one.bring(sample.pkg);
  await until(() => last()?.[0]?.progress?.storedBytes === 500);
  expect(last()).toMatchObject([
    { id: 'sample', state: 'downloading', bytes: 500, totalBytes: 1_000, progress: { phase: 'download' } },
  ]);
  letGo();
  await brought;
  await until(() => last()?.[0]?.isComplete === true);
  expect(last()).toMatchObject([{ state: 'complete', bytes: 1_000, progress: null }]);
  await one.store.remove('sample');
  await until(() => last()?.length === 0);
  stop();
  await ended;
});

test('who begins to watch in mid-download is told how far it is', async () => {
  const { network, letGo } = held(500);
  const [one, two] = makeTabs(2, network);
  if (!one || !two) throw new Error('There are two.');
  const { brought } = one.bring(sample.pkg);
  await until(() => fileRequests(network).length === 7);
  const { last, stop } = watch(two);
  await until(() => last()?.[0]?.progress?.storedBytes === 500);
  stop();
  letGo();
  await brought;
});

test('a download whose manifest is still on its way is on the list', async () => {
  const gate = Promise.withResolvers<void>();
  const network = webDouble({
    ...sample.served,
    [sample.manifestUrl]: async (request) => {
      await gate.promise;
      return bytesResponse(new TextEncoder().encode(JSON.stringify(sample.manifest)), request);
    },
  });
  const tab = makeStore(network);
  const { brought } = tab.bring(sample.pkg);
  await until(async () => (await tab.store.list()).length === 1);
  expect(await tab.store.list()).toMatchObject([
    { id: 'sample', state: 'downloading', bytes: 0, totalBytes: 1_000, isComplete: false },
  ]);
  gate.resolve();
  await brought;
});

test('tells nothing twice, and not more than four times a second', async () => {
  const other = samplePackage({ id: 'other', content: sampleBytes(20_000, 3) });
  const slow: Served = async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return bytesResponse(other.content, request);
  };
  const tab = makeStore(webDouble({ ...other.served, [other.fileUrl]: slow }));
  const { told, stop, ended, last } = watch(tab);
  await tab.bring(other.pkg).brought;
  await until(() => last()?.[0]?.isComplete === true);
  stop();
  await ended;
  expect(told.length).toBeGreaterThan(2);
  for (const [index, { atMs, packages }] of told.entries()) {
    const next = told[index + 1];
    if (!next) continue;
    expect(next.atMs - atMs).toBeGreaterThan(200);
    expect(next.packages).not.toEqual(packages);
  }
});

test('a tab that died in mid-download is not told as downloading', async () => {
  const name = `orilla-${crypto.randomUUID()}`;
  const tab = makeStore(webDouble(sample.served), { broadcast: new BroadcastChannel(name) });
  const dying = new BroadcastChannel(name);
  const progress = {
    phase: 'download',
    storedBytes: 5,
    totalBytes: 9,
    fetchedBytes: 5,
    bytesPerSecond: 1,
    secondsLeft: 4,
  };
  const { last, stop, told } = watch(tab);
  await navigator.locks.request('orilla-download-dead', async () => {
    dying.postMessage({ type: 'progress', id: 'dead', progress });
    await until(() => last()?.[0]?.state === 'downloading');
  });
  await until(() => last()?.length === 0);
  expect(told.length).toBeGreaterThan(1);
  stop();
});

test('a list that takes long is not told after a later one', async () => {
  const memory = memoryBackend();
  const [slow, next] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let lists = 0;
  const getMany: WeightBackend['marks']['getMany'] = async (ids) => {
    lists += 1;
    const found = await memory.marks.getMany(ids);
    // As if this read had been queued behind a write of many megabytes.
    if (lists === 1) await slow.promise;
    if (lists === 2) next.resolve();
    return found;
  };
  const tab = makeStore(webDouble(null), { backend: { ...memory, marks: { ...memory.marks, getMany } } });
  await memory.packages.put('sample', { manifest: sample.manifest, document: null, pkg: null });
  const { told, stop, ended } = watch(tab);
  await until(() => lists === 1);
  await tab.store.pin('sample', true);
  await Promise.race([next.promise, new Promise((resolve) => setTimeout(resolve, 300))]);
  slow.resolve();
  await until(() => told.at(-1)?.packages[0]?.isPinned === true);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(told.map(({ packages }) => packages[0]?.isPinned)).toEqual([false, true]);
  stop();
  await ended;
});

test('a store that cannot be read ends the watch with that error', async () => {
  const tab = makeStore(webDouble(null));
  const failing = makeStore(webDouble(null), {
    backend: {
      ...tab.backend,
      chunks: { ...tab.backend.chunks, keys: () => Promise.reject(new Error('unreadable')) },
      packages: { ...tab.backend.packages, keys: () => Promise.reject(new Error('unreadable')) },
    },
  });
  await expect(watch(failing).ended).rejects.toThrow('unreadable');
});
