import type { StoredPackage } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { type WorkerDouble, type WorkerScript, workerDouble } from '../device/worker.double.ts';
import { WorkerLink } from '../device/worker-link.ts';
import { PackageWatch } from './package-watch.ts';

function watchOver(script: WorkerScript = {}) {
  const workers: WorkerDouble[] = [];
  const startWorker = () => {
    const worker = workerDouble(script);
    workers.push(worker);
    return worker;
  };
  const link = new WorkerLink({ startWorker, locks: null, startTimeoutMs: 50 });
  onTestFinished(() => link.close());
  let reopen: (() => void) | null = null;
  const after = (_: number, callback: () => void) => {
    reopen = callback;
    return () => {
      reopen = null;
    };
  };
  return { link, watch: new PackageWatch(link, { after }), workers, waiting: () => reopen };
}

const stored = (id: string): StoredPackage => ({
  id,
  bytes: 10,
  totalBytes: 10,
  state: 'complete',
  isComplete: true,
  isPinned: false,
  lastUsedMs: 0,
  progress: null,
});

function listener() {
  const seen: string[] = [];
  return { seen, listen: (packages: readonly StoredPackage[]) => seen.push(packages.map(({ id }) => id).join()) };
}

const watches = (worker: WorkerDouble | undefined) => worker?.calls.filter((call) => call === 'watchPackages').length;

test('the first listener opens the watch, the last one closes it, and all share it', async () => {
  const { watch, workers } = watchOver();
  expect(workers).toHaveLength(0);
  const [first, second] = [listener(), listener()];
  const endFirst = watch.subscribe(first.listen);
  await expect.poll(() => watches(workers[0])).toBe(1);
  workers[0]?.tell([stored('a')]);
  await expect.poll(() => first.seen).toEqual(['a']);

  const endSecond = watch.subscribe(second.listen);
  expect(second.seen).toEqual(['a']);
  workers[0]?.tell([stored('a'), stored('b')]);
  await expect
    .poll(() => [first.seen, second.seen])
    .toEqual([
      ['a', 'a,b'],
      ['a', 'a,b'],
    ]);
  endFirst();
  expect(workers[0]?.aborted).toEqual([]);
  endSecond();
  await expect.poll(() => workers[0]?.aborted).toEqual(['watchPackages']);
  expect(watches(workers[0])).toBe(1);
});

test('opens again for a listener that comes later, which is told nothing old', async () => {
  const { watch, workers } = watchOver();
  watch.subscribe(listener().listen)();
  const later = listener();
  watch.subscribe(later.listen);
  await expect.poll(() => watches(workers[0])).toBe(1);
  expect(later.seen).toEqual([]);
  workers[0]?.tell([stored('a')]);
  await expect.poll(() => later.seen).toEqual(['a']);
});

test('after the worker died it goes on with the next one', async () => {
  const { link, watch, workers } = watchOver();
  const { seen, listen } = listener();
  watch.subscribe(listen);
  await expect.poll(() => watches(workers[0])).toBe(1);
  workers[0]?.crash(new Error('out of memory'));
  await link.connect();
  await expect.poll(() => watches(workers[1])).toBe(1);
  workers[1]?.tell([stored('b')]);
  await expect.poll(() => seen).toEqual(['b']);
});

test('a watch that ended in the worker is opened again after a while', async () => {
  const { watch, workers, waiting } = watchOver();
  const { seen, listen } = listener();
  watch.subscribe(listen);
  await expect.poll(() => watches(workers[0])).toBe(1);
  workers[0]?.endWatches(new Error('blocked'));
  await expect.poll(() => waiting()).not.toBeNull();
  waiting()?.();
  await expect.poll(() => watches(workers[0])).toBe(2);
  workers[0]?.tell([stored('a')]);
  await expect.poll(() => seen).toEqual(['a']);
});

test('or with the next listener, and not after all have gone', async () => {
  const { watch, workers, waiting } = watchOver();
  const first = listener();
  const endFirst = watch.subscribe(first.listen);
  await expect.poll(() => watches(workers[0])).toBe(1);
  workers[0]?.endWatches(new Error('blocked'));
  await expect.poll(() => waiting()).not.toBeNull();
  const endSecond = watch.subscribe(listener().listen);
  await expect.poll(() => watches(workers[0])).toBe(2);
  workers[0]?.tell([stored('a')]);
  await expect.poll(() => first.seen).toEqual(['a']);
  workers[0]?.endWatches(new Error('blocked again'));
  await expect.poll(() => waiting()).not.toBeNull();
  endFirst();
  endSecond();
  expect(waiting()).toBeNull();
});

test('a worker that does not start breaks nothing', async () => {
  const { link, watch, workers } = watchOver({ saysHello: false });
  const { seen, listen } = listener();
  const end = watch.subscribe(listen);
  await expect(link.connect()).rejects.toMatchObject({ code: 'engine.worker-died' });
  expect(seen).toEqual([]);
  end();
  expect(workers).toHaveLength(1);
});

test('one function that listens twice is called twice, and ended once for each', async () => {
  const { watch, workers } = watchOver();
  const { seen, listen } = listener();
  const end = watch.subscribe(listen);
  watch.subscribe(listen);
  await expect.poll(() => watches(workers[0])).toBe(1);
  workers[0]?.tell([stored('a')]);
  await expect.poll(() => seen).toEqual(['a', 'a']);
  end();
  workers[0]?.tell([stored('b')]);
  await expect.poll(() => seen).toEqual(['a', 'a', 'b']);
});

test('once the client is closed it tells nothing and starts nothing', async () => {
  const { link, watch, workers } = watchOver();
  link.close();
  const { seen, listen } = listener();
  watch.subscribe(listen)();
  expect(workers).toHaveLength(0);
  expect(seen).toEqual([]);
});
