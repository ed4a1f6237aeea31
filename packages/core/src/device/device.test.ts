import { type DevicePackage, encodeError, isAbortError, isOrillaError, OrillaError } from '@orilla/contract';
import { afterEach, expect, test } from 'vitest';
import { Device } from './device.ts';
import type { DeviceState } from './device-state.ts';
import { finish, loadedBy, token, type WorkerDouble, type WorkerScript, workerDouble } from './worker.double.ts';
import type { LockWatcher } from './worker-connection.ts';
import { WorkerLink } from './worker-link.ts';

const pkg: DevicePackage = {
  id: 'tiny',
  engine: 'llamacpp',
  bytes: 10,
  contextLength: 64,
  memory: { weights: 10, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
  sources: [],
};
const request = { model: 'tiny', messages: [{ role: 'user' as const, content: 'x' }] };

const opened: WorkerLink[] = [];
afterEach(() => {
  for (const link of opened.splice(0)) link.close();
});

function deviceOver(
  script: WorkerScript = {},
  {
    locks = null,
    startTimeoutMs = 1000,
    ...options
  }: { locks?: LockWatcher | null; startTimeoutMs?: number; memoryBudgetBytes?: number } = {},
) {
  const workers: WorkerDouble[] = [];
  const startWorker = () => {
    const worker = workerDouble(script);
    workers.push(worker);
    return worker;
  };
  const link = new WorkerLink({ startWorker, locks, startTimeoutMs });
  const asked: string[] = [];
  const device = new Device({ link, ...options, onDownload: () => asked.push('download') });
  opened.push(link);
  return { device, link, workers, asked };
}

async function textOf(events: AsyncIterable<{ type: string; text?: string }>) {
  let text = '';
  for await (const event of events) text += event.text ?? '';
  return text;
}

test('the worker starts with the first call and serves the next ones', async () => {
  const { device, workers } = deviceOver();
  expect(workers).toHaveLength(0);
  expect(await device.facts()).toMatchObject({ processors: 2 });
  await device.load(pkg);
  await device.facts();
  expect(workers).toHaveLength(1);
});

test("an organization's own bound on memory replaces the worker's estimate", async () => {
  const { device } = deviceOver({}, { memoryBudgetBytes: 5 });
  expect((await device.facts()).memoryBudgetBytes).toBe(5);
});

test('tells its listeners of progress, and that the model is ready', async () => {
  const progress = {
    phase: 'download',
    storedBytes: 5,
    totalBytes: 10,
    fetchedBytes: 5,
    bytesPerSecond: 1,
    secondsLeft: 5,
  } as const;
  const { device } = deviceOver({
    load: (loading, answer) => {
      answer({ type: 'progress', progress });
      answer({ type: 'done', result: loadedBy(loading) });
    },
  });
  const states: DeviceState[] = [];
  const unsubscribe = device.subscribe((state) => states.push(state));
  const seen: number[] = [];
  await device.load(pkg, { onProgress: ({ storedBytes }) => seen.push(storedBytes) });
  unsubscribe();
  await device.load(pkg);
  expect(seen).toEqual([5]);
  expect(states.map(({ status }) => status)).toEqual(['loading', 'loading', 'ready']);
  expect(device.state).toMatchObject({ status: 'ready', packageId: 'tiny', loaded: { backend: 'wasm' } });
});

test('an error of the worker arrives whole, and the state tells of it', async () => {
  const error = new OrillaError('storage.quota-exceeded', 'There is no room.', { advice: 'Delete a model.' });
  const { device } = deviceOver({ load: (_, answer) => answer({ type: 'error', error: encodeError(error) }) });
  await expect(device.load(pkg)).rejects.toMatchObject({ code: 'storage.quota-exceeded', advice: 'Delete a model.' });
  expect(device.state).toMatchObject({ status: 'failed', error: { code: 'storage.quota-exceeded' } });
});

test('streams tokens', async () => {
  const { device } = deviceOver({
    generate: (answer) => {
      answer({ type: 'tokens', events: [token('Pa')] });
      answer({ type: 'tokens', events: [token('ris'), finish(2)] });
      answer({ type: 'done', result: null });
    },
  });
  expect(await textOf(device.generate('tiny', request, {}))).toBe('Paris');
});

test('aborting a load rejects at once, tells the worker, and is no failure', async () => {
  const { device, workers } = deviceOver({ load: () => undefined });
  const controller = new AbortController();
  const loading = device.load(pkg, { signal: controller.signal });
  await expect.poll(() => workers[0]?.calls).toEqual(['load']);
  controller.abort();
  await expect(loading).rejects.toSatisfy(isAbortError);
  await expect.poll(() => workers[0]?.aborted).toEqual(['load']);
  expect(device.state).toEqual({ status: 'idle' });
});

test('a load whose package is removed meanwhile ends as an abort, and is no failure', async () => {
  const error = encodeError(new DOMException('The package was removed.', 'AbortError'));
  const { device } = deviceOver({ load: (_, answer) => answer({ type: 'error', error }) });
  await expect(device.load(pkg)).rejects.toSatisfy(isAbortError);
  expect(device.state).toEqual({ status: 'idle' });
});

test('whoever stops waiting for a model that is loaded leaves it loaded, whatever the reason', async () => {
  const { device } = deviceOver();
  await device.load(pkg);
  for (const reason of [undefined, new Error('own reason'), new DOMException('late', 'TimeoutError')]) {
    const controller = new AbortController();
    const again = device.load(pkg, { signal: controller.signal });
    controller.abort(reason);
    await expect(again).rejects.toBeDefined();
    expect(device.state).toMatchObject({ status: 'ready', packageId: 'tiny' });
  }
  await expect(device.load(pkg, { signal: AbortSignal.abort() })).rejects.toSatisfy(isAbortError);
  expect(device.state.status).toBe('ready');
});

test('aborting one of two loads leaves the other, and the state, alone', async () => {
  const { device, link, workers } = deviceOver({ load: () => undefined });
  const controller = new AbortController();
  const first = device.load(pkg, { signal: controller.signal });
  const second = device.load(pkg).catch(() => undefined);
  await expect.poll(() => workers[0]?.calls).toEqual(['load', 'load']);
  controller.abort();
  await expect(first).rejects.toSatisfy(isAbortError);
  expect(device.state.status).toBe('loading');
  link.close();
  await second;
});

test('aborting one answer leaves the other running', async () => {
  const answers: ((text: string) => void)[] = [];
  const { device, workers } = deviceOver({
    generate: (answer) => {
      answer({ type: 'tokens', events: [token('a')] });
      answers.push((text) => {
        answer({ type: 'tokens', events: [token(text), finish(2)] });
        answer({ type: 'done', result: null });
      });
    },
  });
  const controller = new AbortController();
  const first = device.generate('tiny', request, { signal: controller.signal });
  const second = device.generate('tiny', request, {});
  await first.next();
  await second.next();
  controller.abort();
  await expect(first.next()).rejects.toSatisfy(isAbortError);
  answers[1]?.('b');
  expect(await textOf(second)).toBe('b');
  await expect.poll(() => workers[0]?.aborted).toEqual(['generate']);
});

test('leaving the loop over an answer stops its computation', async () => {
  const { device, workers } = deviceOver({
    generate: (answer) => answer({ type: 'tokens', events: [token('a'), token('b')] }),
  });
  for await (const event of device.generate('tiny', request, {})) {
    expect(event).toEqual(token('a'));
    break;
  }
  await expect.poll(() => workers[0]?.aborted).toEqual(['generate']);
});

test('a worker that crashes rejects everything that waits, at once, and the next call starts a new one', async () => {
  const { device, workers } = deviceOver({ load: () => undefined, generate: () => undefined });
  const waiting = [
    device.load(pkg),
    device.countTokens(pkg, []).then(() => device.load(pkg)),
    device.generate('tiny', request, {}).next(),
  ];
  const settled = Promise.allSettled(waiting);
  await expect.poll(() => workers[0]?.calls.length).toBeGreaterThanOrEqual(3);
  workers[0]?.crash(new Error('out of memory'));
  for (const result of await settled) {
    expect(result.status === 'rejected' && isOrillaError(result.reason) && result.reason.code).toBe(
      'engine.worker-died',
    );
  }
  expect(device.state).toMatchObject({ status: 'failed', error: { code: 'engine.worker-died' } });
  await device.facts();
  expect(workers).toHaveLength(2);
});

test('a worker that the browser kills without an event is noticed through its lock', async () => {
  const { promise: free, resolve: release } = Promise.withResolvers<void>();
  // A double of the browser's lock manager: Node has none.
  const locks = { request: async (_: string, __: LockOptions, then: () => void) => free.then(then) } as LockWatcher;
  const { device, workers } = deviceOver({ lockName: 'orilla-test', load: () => undefined }, { locks });
  const loading = device.load(pkg);
  await expect.poll(() => workers[0]?.calls).toEqual(['load']);
  workers[0]?.kill();
  release();
  await expect(loading).rejects.toMatchObject({ code: 'engine.worker-died' });
});

test('a worker that never says hello is given up after its time', async () => {
  const { device } = deviceOver({ saysHello: false }, { startTimeoutMs: 20 });
  await expect(device.facts()).rejects.toMatchObject({ code: 'engine.worker-died' });
});

test('a call that was aborted before it began starts nothing', async () => {
  const { device, workers } = deviceOver();
  await expect(device.load(pkg, { signal: AbortSignal.abort() })).rejects.toSatisfy(isAbortError);
  expect(workers).toHaveLength(0);
});

test('closing rejects what waits, and later calls', async () => {
  const { device, link, workers } = deviceOver({ load: () => undefined });
  const loading = device.load(pkg);
  await expect.poll(() => workers[0]?.calls).toEqual(['load']);
  link.close();
  await expect(loading).rejects.toMatchObject({ code: 'engine.worker-died' });
  await expect(device.load(pkg)).rejects.toMatchObject({ code: 'engine.worker-died' });
});

test('tells before a byte is fetched that a load will download, and nothing where all is stored', async () => {
  const phases: ('manifest' | 'download' | 'open')[] = ['manifest', 'download', 'open'];
  const { device, asked } = deviceOver({
    load: (loading, answer) => {
      for (const phase of phases) {
        answer({
          type: 'progress',
          progress: { phase, storedBytes: 0, totalBytes: 1, fetchedBytes: 0, bytesPerSecond: 0, secondsLeft: null },
        });
      }
      answer({ type: 'done', result: loadedBy(loading) });
    },
  });
  await device.load(pkg);
  expect(asked).toEqual(['download']);
  phases.splice(0, 2);
  await device.load(pkg);
  expect(asked).toEqual(['download']);
});

test('a package that was removed is no longer ready', async () => {
  const { device } = deviceOver();
  await device.load(pkg);
  device.forget('another');
  expect(device.state.status).toBe('ready');
  device.forget('tiny');
  expect(device.state).toEqual({ status: 'idle' });
});
