import type { LoadProgress } from '@orilla/contract';
import { expect, test } from 'vitest';
import { isOpenIn } from '../weights/locks/is-open.ts';
import { type Served, webDouble } from '../weights/network/web.double.ts';
import { samplePackage } from '../weights/sample-package.double.ts';
import { firstTokens, load, makeHost, never, one, request, two } from './engine-host.double.ts';

const untilAborted: Served = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('brings a package, opens it, and answers', async () => {
  const { host } = makeHost();
  expect(await host.load(one.pkg, load)).toEqual({
    engine: 'llamacpp',
    backend: 'wasm',
    contextLength: 64,
    threads: 1,
    packageId: 'one',
    fetchedBytes: 1_000,
  });
  expect(await firstTokens(host, 3)).toBe('1 2 3 ');
});

test('what is open is not opened again', async () => {
  const { host, log } = makeHost();
  await host.load(one.pkg, load);
  expect(await host.load(one.pkg, load)).toMatchObject({ packageId: 'one', fetchedBytes: 0 });
  expect(log).toEqual(['open one']);
});

test('loads of one package at the same time share the work', async () => {
  const { host, log, network } = makeHost();
  const results = await Promise.all([host.load(one.pkg, load), host.load(one.pkg, load), host.load(one.pkg, load)]);
  expect(results.map(({ fetchedBytes }) => fetchedBytes)).toEqual([1_000, 1_000, 1_000]);
  expect(network.requests).toHaveLength(11);
  expect(log).toEqual(['open one']);
});

test('one of two who load leaves: the other gets the package', async () => {
  const { host } = makeHost();
  const controller = new AbortController();
  const leaving = host.load(one.pkg, { ...load, signal: controller.signal });
  const staying = host.load(one.pkg, load);
  controller.abort();
  await expect(leaving).rejects.toMatchObject({ name: 'AbortError' });
  expect(await staying).toMatchObject({ packageId: 'one' });
});

test('when the last one leaves the load ends, and the next load begins anew', async () => {
  const { host, log, network } = makeHost();
  const controller = new AbortController();
  const progress: LoadProgress[] = [];
  const onProgress = (step: LoadProgress) => {
    progress.push(step);
    if (step.storedBytes >= 300) controller.abort();
  };
  await expect(host.load(one.pkg, { signal: controller.signal, onProgress })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(log).toEqual([]);
  const before = network.requests.length;
  const { fetchedBytes } = await host.load(one.pkg, load);
  expect(fetchedBytes).toBeLessThanOrEqual(700);
  expect(network.requests.length).toBeGreaterThan(before);
});

test('another package takes the place of the first, once it is downloaded', async () => {
  const { host, log } = makeHost();
  await host.load(one.pkg, load);
  await host.load(two.pkg, load);
  expect(log).toEqual(['open one', 'close one', 'open two']);
  await expect(firstTokens(host, 1)).rejects.toMatchObject({ code: 'engine.failed' });
});

test('what answers is not cut off by a load of another package, as another tab may ask for; nor is who was just told that it is open', async () => {
  const { host, log } = makeHost();
  await host.load(one.pkg, load);
  const answer = firstTokens(host, 100);
  const other = host.load(two.pkg, load);
  expect((await answer).split(' ')).toHaveLength(101);
  await other;
  expect(log).toEqual(['open one', 'begin', 'end', 'close one', 'open two']);
  const again = host.load(one.pkg, load);
  await host.load(two.pkg, load);
  await new Promise((resolve) => setTimeout(resolve, 5));
  let first = '';
  for await (const event of host.generate('two', request, { signal: never })) {
    if (event.type === 'token') first = event.text;
    break;
  }
  expect(first).toBe('1 ');
  await again;
});

test('a load that is given up while another package answers leaves that one open; removing it does not wait for the answer', async () => {
  const { host, log } = makeHost();
  await host.load(one.pkg, load);
  const answer = firstTokens(host, 100);
  const controller = new AbortController();
  const other = host.load(two.pkg, { ...load, signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort();
  await expect(other).rejects.toMatchObject({ name: 'AbortError' });
  expect((await answer).split(' ')).toHaveLength(101);
  expect(await host.load(one.pkg, load)).toMatchObject({ packageId: 'one', fetchedBytes: 0 });
  expect(log).toEqual(['open one', 'begin', 'end']);
  const cut = expect(firstTokens(host, 100)).rejects.toMatchObject({ code: 'engine.failed' });
  const third = host.load(two.pkg, load);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await host.remove('one');
  await cut;
  await third;
});

test('a measurement is left off when a question comes, from whichever tab', async () => {
  const { host } = makeHost();
  await host.load(one.pkg, load);
  const measuring = expect(host.measure('one', { signal: never })).rejects.toMatchObject({ code: 'engine.busy' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await firstTokens(host, 1)).toBe('1 ');
  await measuring;
});

test('a package that cannot be had leaves the one that is open alone', async () => {
  const { host } = makeHost(webDouble(one.served));
  await host.load(one.pkg, load);
  await expect(host.load(two.pkg, load)).rejects.toMatchObject({ code: 'catalog.unreachable' });
  expect(await firstTokens(host, 1)).toBe('1 ');
});

test('two packages loaded at once are opened one after the other', async () => {
  const { host, log } = makeHost();
  await Promise.all([host.load(one.pkg, load), host.load(two.pkg, load)]);
  expect(log.slice(0, 2)).toEqual(['open one', 'close one']);
});

test('an engine that crashed is made anew by the next load', async () => {
  const { host, engines } = makeHost();
  await host.load(one.pkg, load);
  engines[0]?.crash();
  await expect(firstTokens(host, 1)).rejects.toMatchObject({ code: 'engine.failed' });
  expect(await host.load(one.pkg, load)).toMatchObject({ packageId: 'one', fetchedBytes: 0 });
  expect(engines).toHaveLength(2);
  expect(await firstTokens(host, 1)).toBe('1 ');
});

test('no more than two answer at a time; the third waits for its turn', async () => {
  const { host, log } = makeHost();
  await host.load(one.pkg, load);
  log.length = 0;
  await Promise.all([firstTokens(host, 5), firstTokens(host, 5), firstTokens(host, 5)]);
  expect(log.slice(0, 3)).toEqual(['begin', 'begin', 'end']);
  expect(log).toHaveLength(6);
});

test('the nineteenth request is refused', async () => {
  const { host } = makeHost();
  await host.load(one.pkg, load);
  const all = await Promise.allSettled(Array.from({ length: 19 }, () => firstTokens(host, 2)));
  expect(all.map(({ status }) => status)).toEqual([...Array.from({ length: 18 }, () => 'fulfilled'), 'rejected']);
});

test('an abort ends the one request, and its turn goes to the next', async () => {
  const { host } = makeHost();
  await host.load(one.pkg, load);
  const controller = new AbortController();
  const [stopped, other, waiting] = [
    firstTokens(host, 90, controller.signal),
    firstTokens(host, 20),
    firstTokens(host, 2),
  ];
  setTimeout(() => controller.abort(), 5);
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect(await waiting).toBe('1 2 ');
  expect((await other).split(' ')).toHaveLength(21);
});

test('unloading ends what answers and what is being opened', async () => {
  const { host, loading, log } = makeHost();
  await host.load(one.pkg, load);
  const answering = expect(firstTokens(host, 90)).rejects.toMatchObject({ code: 'engine.failed' });
  const gate = Promise.withResolvers<void>();
  loading.gate = gate.promise;
  await host.unload();
  await answering;
  const opening = expect(host.load(one.pkg, load)).rejects.toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringContaining('the model was unloaded'),
    advice: 'Load it again.',
  });
  while (log.at(-1) !== 'open one') await new Promise((resolve) => setTimeout(resolve, 1));
  const unloading = host.unload();
  gate.resolve();
  await Promise.all([unloading, opening]);
  await expect(firstTokens(host, 1)).rejects.toMatchObject({ code: 'engine.failed' });
});

test('a load that begins while another is unloaded opens after that, and stays open', async () => {
  const { host, log, engines } = makeHost();
  await host.load(one.pkg, load);
  const closing = Promise.withResolvers<void>();
  const [first] = engines;
  if (!first) throw new Error('There is one.');
  const { unload } = first;
  first.unload = async () => {
    await closing.promise;
    await unload();
  };
  const unloading = host.unload();
  // Not the one that goes: a new one.
  const again = host.load(one.pkg, load);
  const other = host.load(two.pkg, load);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(log).toEqual(['open one']);
  closing.resolve();
  await Promise.all([unloading, again, other]);
  expect(log.slice(0, 3)).toEqual(['open one', 'close one', 'open one']);
  expect(engines.filter(({ isOpen }) => isOpen)).toHaveLength(1);
});

test('a load of another package that begins while one is removed stays open', async () => {
  const { host, log } = makeHost();
  await host.load(one.pkg, load);
  const removing = host.remove('one');
  const other = host.load(two.pkg, load);
  await Promise.all([removing, other]);
  expect(log).toEqual(['open one', 'close one', 'open two']);
});

test('an engine that opened although its load was ended is closed', async () => {
  const { host, engines, loading, log } = makeHost();
  const gate = Promise.withResolvers<void>();
  loading.gate = gate.promise;
  const opening = expect(host.load(one.pkg, load)).rejects.toMatchObject({ code: 'engine.load-failed' });
  while (log.at(-1) !== 'open one') await new Promise((resolve) => setTimeout(resolve, 1));
  const [engine] = engines;
  if (!engine) throw new Error('There is one.');
  engine.deafen();
  const unloading = host.unload();
  gate.resolve();
  await Promise.all([unloading, opening]);
  expect(engines.filter(({ isOpen }) => isOpen)).toEqual([]);
});

test('removing the open package takes it out of memory and out of the store', async () => {
  const { host, log, store } = makeHost();
  await host.load(one.pkg, load);
  await host.remove('one');
  expect(log).toEqual(['open one', 'close one']);
  expect(await store.list()).toEqual([]);
});

test('what is open in an engine is so in the eyes of every tab, until it is closed', async () => {
  const [first, second] = [samplePackage({ id: 'first' }), samplePackage({ id: 'second' })];
  const { host } = makeHost(webDouble({ ...first.served, ...second.served }));
  const isOpen = isOpenIn(navigator.locks);
  await host.load(first.pkg, load);
  expect(await isOpen('first')).toBe(true);
  await host.load(second.pkg, load);
  expect([await isOpen('first'), await isOpen('second')]).toEqual([false, true]);
  await host.unload();
  expect(await isOpen('second')).toBe(false);
});

test('what could not be loaded is not open', async () => {
  const { host } = makeHost(webDouble(null));
  await expect(host.load(samplePackage({ id: 'nowhere' }).pkg, load)).rejects.toMatchObject({
    code: 'catalog.unreachable',
  });
  expect(await isOpenIn(navigator.locks)('nowhere')).toBe(false);
});

test('removing a package that is on its way ends its load', async () => {
  const network = webDouble({ ...one.served, [one.fileUrl]: untilAborted });
  const { host, store } = makeHost(network);
  const removed = { code: 'engine.load-failed', message: expect.stringContaining('the model package was removed') };
  const loading = Promise.all(
    [host.load(one.pkg, load), host.load(one.pkg, load)].map((joined) => expect(joined).rejects.toMatchObject(removed)),
  );
  while (network.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await host.remove('one');
  await loading;
  expect(await store.list()).toEqual([]);
});

test('what other tabs ask too is unloaded once all are answered; who loads it meanwhile gets it anew', async () => {
  const { host, log, engines } = makeHost();
  await host.load(one.pkg, load);
  const answer = firstTokens(host, 100);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const unloading = host.unloadAnswered();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const again = host.load(one.pkg, load);
  expect((await answer).split(' ')).toHaveLength(101);
  await unloading;
  expect(engines[0]?.isOpen).toBe(false);
  expect(await again).toMatchObject({ packageId: 'one', fetchedBytes: 0 });
  expect(log.filter((what) => what !== 'begin' && what !== 'end')).toEqual(['open one', 'close one', 'open one']);
  expect(await firstTokens(host, 1)).toBe('1 ');
});

test('and what is being loaded goes on', async () => {
  const { host, log, loading } = makeHost();
  const gate = Promise.withResolvers<void>();
  loading.gate = gate.promise;
  const opening = host.load(one.pkg, load);
  while (log.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const unloading = host.unloadAnswered();
  gate.resolve();
  expect(await opening).toMatchObject({ packageId: 'one' });
  await unloading;
  expect(await firstTokens(host, 1)).toBe('1 ');
});

test('what other tabs ask too is removed from the store at once, and from memory once all are answered', async () => {
  const { host, log, store } = makeHost();
  await host.load(one.pkg, load);
  const answer = firstTokens(host, 100);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await host.remove('one', { isShared: true });
  expect(await store.list()).toEqual([]);
  expect(log).toEqual(['open one', 'begin']);
  expect((await answer).split(' ')).toHaveLength(101);
  await expect.poll(() => log).toContain('close one');
});

test('who needs the memory at once does not wait for what is about to be closed', async () => {
  const { host, log } = makeHost();
  await host.load(one.pkg, load);
  const answer = expect(firstTokens(host, 100)).rejects.toMatchObject({ code: 'engine.failed' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const patient = host.unloadAnswered();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await host.unload();
  await Promise.all([answer, patient]);
  expect(log).toContain('close one');
});
