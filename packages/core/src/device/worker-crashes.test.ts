import { type CallMessage, type DeviceFacts, type DevicePackage, encodeError, OrillaError } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { Device } from './device.ts';
import type { DeviceState } from './device-state.ts';
import { loadedBy, token, type WorkerDouble, type WorkerScript, wasmFacts, workerDouble } from './worker.double.ts';
import { maxLostTabs } from './worker-crashes.ts';
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

/** What a worker says whose leading tab is gone. */
const leaderGone: CallMessage<never> = {
  type: 'error',
  error: encodeError(new OrillaError('engine.worker-died', 'The tab that computed for this one is gone.')),
};

function deviceOver(script: WorkerScript) {
  const workers: WorkerDouble[] = [];
  const startWorker = () => {
    const worker = workerDouble(script);
    workers.push(worker);
    return worker;
  };
  const link = new WorkerLink({ startWorker, locks: null, startTimeoutMs: 1_000 });
  const device = new Device({ link });
  onTestFinished(() => device.close());
  const notes = () => workers.flatMap(({ calls }) => calls.filter((call) => call.startsWith('noteCrash')));
  return { device, workers, notes };
}

/** Another tab loads, and is gone `times` times before it has. */
function losingLeaders(times: number, facts?: Partial<DeviceFacts>) {
  let loads = 0;
  const script: WorkerScript = {
    ...(facts && { probe: () => (loads > 0 ? facts : {}) }),
    load(loading, answer) {
      loads += 1;
      answer({ type: 'elsewhere' });
      answer(loads <= times ? leaderGone : { type: 'done', result: loadedBy(loading) });
    },
  };
  return { script, loads: () => loads };
}

test('a load that another tab did for this one goes on when that tab closes: nothing is told of it', async () => {
  const { script, loads } = losingLeaders(2);
  const { device, workers, notes } = deviceOver(script);
  const states: DeviceState['status'][] = [];
  device.subscribe(({ status }) => states.push(status));
  expect(await device.load(pkg)).toMatchObject({ packageId: 'tiny' });
  expect(loads()).toBe(3);
  expect(new Set(states)).toEqual(new Set(['loading', 'ready']));
  expect(workers).toHaveLength(1);
  expect(notes()).toEqual([]);
});

test('tabs that are gone again and again are no accident: the load ends with what was said', async () => {
  const { script, loads } = losingLeaders(Number.POSITIVE_INFINITY);
  await expect(deviceOver(script).device.load(pkg)).rejects.toMatchObject({ code: 'engine.worker-died' });
  expect(loads()).toBe(maxLostTabs + 1);
});

test('a package that took the other tab down is not opened by the next', async () => {
  const { script, loads } = losingLeaders(Number.POSITIVE_INFINITY, { memoryBudgetBytes: 50, memoryBasis: 'crash' });
  await expect(deviceOver(script).device.load(pkg)).rejects.toMatchObject({ code: 'engine.worker-died' });
  expect(loads()).toBe(1);
});

test('who stops waiting for such a load ends it', async () => {
  const controller = new AbortController();
  const { device, workers } = deviceOver({
    load(_, answer) {
      answer({ type: 'elsewhere' });
      controller.abort();
    },
  });
  await expect(device.load(pkg, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(device.state).toEqual({ status: 'idle' });
  expect(workers).toHaveLength(1);
});

for (const [where, elsewhere] of [
  ['another tab computed', true],
  ['it computed itself', false],
] as const) {
  test(`a worker that dies while ${where} is noted ${elsewhere ? 'against nobody' : 'against the engine'}`, async () => {
    const { device, workers, notes } = deviceOver({
      facts: wasmFacts,
      load(loading, answer) {
        if (elsewhere) answer({ type: 'elsewhere' });
        answer({ type: 'done', result: loadedBy(loading) });
      },
      generate(answer) {
        if (elsewhere) answer({ type: 'elsewhere' });
        answer({ type: 'tokens', events: [token('a')] });
      },
    });
    await device.load(pkg);
    const answer = device.generate('tiny', request, {});
    await answer.next();
    workers[0]?.crash(new Error('gone'));
    const error: unknown = await answer.next().then(
      () => null,
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ code: 'engine.worker-died' });
    expect(device.isOwnLoss(error as OrillaError)).toBe(!elsewhere); // as was just seen
    await device.facts({ anew: true });
    expect(notes()).toEqual(elsewhere ? [] : ['noteCrash llamacpp engine.worker-died']);
  });
}

test('a worker that dies while it makes embeddings is noted against the engine too', async () => {
  const { device, workers, notes } = deviceOver({
    facts: wasmFacts,
    load: (loading, answer) => answer({ type: 'done', result: loadedBy(loading) }),
    embed: () => workers[0]?.crash(new Error('gone')),
  });
  await device.load(pkg);
  const embedding = device.embed('tiny', { model: 'tiny', input: 'x' });
  await expect(embedding).rejects.toMatchObject({ code: 'engine.worker-died' });
  await device.facts({ anew: true });
  expect(notes()).toEqual(['noteCrash llamacpp engine.worker-died']);
});

test('a load that this worker only handed on begins again with the next worker', async () => {
  const progress = {
    phase: 'download',
    storedBytes: 1,
    totalBytes: 10,
    fetchedBytes: 1,
    bytesPerSecond: 1,
    secondsLeft: 9,
  } as const;
  let loads = 0;
  const { device, workers, notes } = deviceOver({
    load(loading, answer) {
      loads += 1;
      if (loads > 1) return answer({ type: 'done', result: loadedBy(loading) });
      answer({ type: 'elsewhere' });
      answer({ type: 'progress', progress });
    },
  });
  // What is told behind it has arrived: so has what was told before.
  const onProgress = () => workers[0]?.crash(new Error('gone'));
  expect(await device.load(pkg, { onProgress })).toMatchObject({ packageId: 'tiny' });
  expect([loads, workers.length]).toEqual([2, 2]);
  expect(notes()).toEqual([]);
});
