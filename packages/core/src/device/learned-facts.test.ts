import type { DevicePackage, PackageRates, ProbeCall } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { ClosedWorkers } from './closed-workers.ts';
import { Device, type DeviceOptions } from './device.ts';
import { type WorkerScript, wasmFacts, workerDouble } from './worker.double.ts';
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
const rates: PackageRates = {
  engine: 'llamacpp',
  backend: 'wasm',
  prefillTokensPerSecond: 20,
  decodeTokensPerSecond: 10,
  measuredAtMs: 1,
};
const memory = { wasm: { budgetBytes: 500, basis: 'probe' } } as const;

function deviceOver(script: WorkerScript, options: Partial<DeviceOptions> = {}) {
  const probes: ProbeCall[] = [];
  const startWorker = () =>
    workerDouble({
      ...script,
      probe: (call) => {
        probes.push(call);
        return call.learnMemory ? { memory, memoryBudgetBytes: 500, memoryBasis: 'probe' } : {};
      },
    });
  const link = new WorkerLink({ startWorker, locks: null, startTimeoutMs: 1_000 });
  const device = new Device({ link, ...options });
  onTestFinished(() => device.close());
  return { device, probes };
}

test('memory is learned when that is asked for, once, and the facts have it from then on', async () => {
  const { device, probes } = deviceOver({});
  expect(await device.facts()).toMatchObject({ memoryBasis: 'rule' });
  expect(await device.facts({ learnMemory: true })).toMatchObject({ memory, memoryBasis: 'probe' });
  await device.facts({ learnMemory: true });
  expect(await device.facts()).toMatchObject({ memoryBasis: 'probe' });
  expect(probes).toEqual([{}, { learnMemory: {} }]);
});

test('where the app says what a model may take nothing is taken to learn it, and that holds for every backend', async () => {
  const { device, probes } = deviceOver({ facts: { memory } }, { memoryBudgetBytes: 77 });
  const facts = await device.facts({ learnMemory: true });
  expect(facts).toMatchObject({ memoryBudgetBytes: 77 });
  expect(facts.memory).toBeUndefined();
  expect(probes).toEqual([{}]);
});

test('tells the rates of a package', async () => {
  const { device } = deviceOver({ measure: (answer) => answer({ type: 'done', result: rates }) });
  expect(await device.measure('tiny')).toEqual(rates);
});

test('measures by itself what was loaded, and asks the facts again after that', async () => {
  const measured = Promise.withResolvers<void>();
  const { device, probes } = deviceOver(
    {
      measure: (answer) => {
        answer({ type: 'done', result: rates });
        measured.resolve();
      },
    },
    { calibrates: true },
  );
  expect((await device.facts()).rates).toEqual(wasmFacts.rates);
  await device.load(pkg);
  await measured.promise;
  await expect.poll(() => device.facts().then(() => probes.length)).toBe(2);
}, 15_000);

test('the worker is told which workers pages have left, where pages can keep that', async () => {
  const written = new Map([['orilla-closed-workers', '["left"]']]);
  const storage = { getItem: (key: string) => written.get(key) ?? null, setItem: () => undefined };
  const closedWorkers = new ClosedWorkers({ storage, page: new EventTarget() });
  const { device, probes } = deviceOver({}, { closedWorkers });
  await device.facts();
  await device.facts({ learnMemory: true });
  expect(probes).toEqual([{ closedWorkers: ['left'] }, { learnMemory: {}, closedWorkers: ['left'] }]);
});
