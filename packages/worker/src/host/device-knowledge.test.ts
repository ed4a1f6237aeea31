import type { Backend, DeviceFacts, PackageRates } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryRecords } from '../weights/backend/memory-backend.double.ts';
import { DeviceKnowledge } from './device-knowledge.ts';
import { DeviceRows } from './device-rows.ts';
import type { Allocator } from './memory-probe.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

const facts: DeviceFacts = {
  webgpu: { features: [], maxBufferBytes: GiB, limits: {}, adapter: 'gpu', isFallback: false },
  key: 'here',
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 2 * GiB,
  memoryBasis: 'rule',
  memory: { webgpu: { budgetBytes: 2 * GiB, basis: 'rule' }, wasm: { budgetBytes: GiB, basis: 'rule' } },
  storage: null,
  engines: { onnx: { features: [], backend: 'webgpu' }, llamacpp: { features: [], backend: 'wasm' } },
  rates: {},
};
const rates: PackageRates = {
  engine: 'llamacpp',
  backend: 'wasm',
  prefillTokensPerSecond: 1,
  decodeTokensPerSecond: 2,
  measuredAtMs: 3,
};

/** A device with so much memory, and what was taken of it. */
function world({
  has = { webgpu: 8 * GiB, wasm: 8 * GiB },
  told = facts,
  records = new DeviceRows({ rows: memoryRecords() }),
  now = () => 0,
}: {
  has?: Readonly<Record<Backend, number | null>>;
  told?: DeviceFacts;
  records?: DeviceRows;
  now?: () => number;
} = {}) {
  const probes: Backend[] = [];
  let most = 0;
  const allocator = async (backend: Backend): Promise<Allocator | null> => {
    probes.push(backend);
    const memory = has[backend];
    let taken = 0;
    return memory === null
      ? null
      : {
          allocate: async (bytes) => {
            if (taken + bytes > memory) return false;
            taken += bytes;
            most = Math.max(most, taken);
            return true;
          },
          free: () => undefined,
        };
  };
  const knowledge = (changed: DeviceFacts = told) =>
    new DeviceKnowledge({
      scope: globalThis as never, // it is not asked: the facts are given
      rows: records,
      probe: async () => changed,
      allocator,
      alone: (work) => work(),
      isAlive: async (lock) => lock === 'alive',
      now,
    });
  return { knowledge, probes, records, most: () => most };
}
const learn = { learnMemory: {} };

test('before anything is learned the rule tells', async () => {
  expect(await world().knowledge().facts()).toEqual(facts);
});

test('what is learned is told with its basis, by every page after that, and taken once', async () => {
  const { knowledge, probes } = world({ has: { webgpu: 1_500 * MiB, wasm: 512 * MiB } });
  const learned = await knowledge().facts(learn);
  expect(learned.memory?.webgpu?.basis).toBe('probe');
  expect(learned.memory?.webgpu?.budgetBytes).toBeGreaterThan(1_484 * MiB);
  expect(learned.memory?.webgpu?.budgetBytes).toBeLessThanOrEqual(1_500 * MiB);
  expect(learned.memory?.wasm).toEqual({ budgetBytes: 512 * MiB, basis: 'probe' });
  // An engine has the GPU: its memory stands for all.
  expect(learned).toMatchObject({ memoryBudgetBytes: learned.memory?.webgpu?.budgetBytes, memoryBasis: 'probe' });
  expect(await knowledge().facts(learn)).toEqual(learned);
  expect(await knowledge().facts()).toEqual(learned);
  expect(probes).toEqual(['webgpu', 'wasm']);
});

test('no more than one and a half of the rule is tried on a GPU, and the rule itself on WASM', async () => {
  const { memory } = await world().knowledge().facts(learn);
  expect(memory).toEqual({
    webgpu: { budgetBytes: 3 * GiB, basis: 'probe' },
    wasm: { budgetBytes: GiB, basis: 'probe' },
  });
});

test('a ceiling is held', async () => {
  const { knowledge, most } = world();
  const { memory } = await knowledge().facts({ learnMemory: { ceilingBytes: 300 * MiB } });
  expect(memory?.webgpu).toEqual({ budgetBytes: 300 * MiB, basis: 'probe' });
  expect(most()).toBe(300 * MiB);
});

test('of a GPU in software nothing is taken unless a ceiling is given', async () => {
  const told = { ...facts, webgpu: { ...facts.webgpu, isFallback: true } } as DeviceFacts; // webgpu is there
  const { knowledge, probes } = world({ told });
  expect((await knowledge().facts(learn)).memory?.webgpu).toEqual({ budgetBytes: 2 * GiB, basis: 'rule' });
  expect(probes).toEqual(['wasm']);
  await knowledge().facts({ learnMemory: { ceilingBytes: 300 * MiB } });
  expect(probes).toEqual(['wasm', 'webgpu']);
});

test.each<[string, number | null]>([
  ['there is no device to be had', null],
  ['the first bytes are refused', 0],
])('where %s nothing is learned, and no note stays', async (_, webgpu) => {
  const { knowledge, records } = world({ has: { webgpu, wasm: 8 * GiB } });
  expect((await knowledge().facts(learn)).memory?.webgpu).toEqual({ budgetBytes: 2 * GiB, basis: 'rule' });
  expect((await records.read('here')).taking).toBeUndefined();
});

test('a worker that went once while memory was taken may just have been closed: less is tried, once more', async () => {
  const { knowledge, probes, records } = world();
  await records.change('here', (row) => ({ ...row, taking: 'webgpu' }));
  const { memory } = await knowledge().facts(learn);
  expect(memory?.webgpu).toEqual({ budgetBytes: 1.5 * GiB, basis: 'probe' });
  expect(probes).toEqual(['webgpu', 'wasm']);
  expect(await records.read('here')).not.toHaveProperty('isRetaking');
});

test('one that went twice crashed: less than the rule is told, and nothing is taken again', async () => {
  const { knowledge, probes, records } = world();
  await records.change('here', (row) => ({ ...row, taking: 'webgpu', isRetaking: true }));
  const { memory } = await knowledge().facts(learn);
  expect(memory?.webgpu).toEqual({ budgetBytes: 1.5 * GiB, basis: 'crash' });
  await knowledge().facts(learn);
  expect(probes).toEqual(['wasm']);
});

test('where no note can be kept nothing is taken', async () => {
  const off = () => Promise.reject(new Error('off'));
  const { knowledge, probes } = world({ records: new DeviceRows({ rows: { ...memoryRecords(), update: off } }) });
  expect((await knowledge().facts(learn)).memoryBasis).toBe('rule');
  expect(probes).toEqual([]);
});

test('a driver that never answers is not waited for: the rule has to do, and no note stays', async () => {
  const records = new DeviceRows({ rows: memoryRecords() });
  const never = () => new Promise<never>(() => undefined);
  const knowledge = new DeviceKnowledge({
    scope: globalThis as never, // as above
    rows: records,
    probe: async () => facts,
    allocator: never,
    alone: (work) => work(),
    waitMs: 10,
  });
  expect(await knowledge.facts(learn)).toEqual(facts);
  expect((await records.read('here')).taking).toBeUndefined();
});

test('a tab that keeps the others from learning, as a frozen one, is not waited for either', async () => {
  const frozen = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = navigator.locks.request('orilla-learn-memory', () => {
    held.resolve();
    return frozen.promise;
  });
  await held.promise;
  const knowledge = new DeviceKnowledge({
    scope: globalThis as never, // as above
    rows: new DeviceRows({ rows: memoryRecords() }),
    probe: async () => facts,
    allocator: () => Promise.reject(new Error('It was asked.')),
    waitMs: 10,
  });
  expect(await knowledge.facts(learn)).toEqual(facts);
  frozen.resolve();
  await holding;
});

test('nothing is learned while a tab has a model in memory, and all of it after that', async () => {
  const closed = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const open = navigator.locks.request('orilla-open-some', { mode: 'shared' }, () => {
    opened.resolve();
    return closed.promise;
  });
  await opened.promise;
  const probes: Backend[] = [];
  const knowledge = new DeviceKnowledge({
    scope: globalThis as never, // as above
    rows: new DeviceRows({ rows: memoryRecords() }),
    probe: async () => facts,
    allocator: async (backend) => {
      probes.push(backend);
      return { allocate: async () => true, free: () => undefined };
    },
  });
  expect(await knowledge.facts(learn)).toEqual(facts);
  expect(probes).toEqual([]);
  closed.resolve();
  await open;
  expect((await knowledge.facts(learn)).memoryBasis).toBe('probe');
});

test('memory that ran out is not promised again', async () => {
  const { knowledge } = world();
  await knowledge().backOff('onnx', GiB);
  expect((await knowledge().facts()).memory).toEqual({
    webgpu: { budgetBytes: 0.75 * GiB, basis: 'crash' },
    wasm: { budgetBytes: GiB, basis: 'rule' },
  });
  await knowledge().backOff('llamacpp');
  expect((await knowledge().facts()).memory?.wasm).toEqual({ budgetBytes: 0.75 * GiB, basis: 'crash' });
});

test('rates are kept for the device, and told only while the engine computes with the same', async () => {
  const { knowledge } = world();
  expect(await knowledge().rates('p')).toBeNull();
  await knowledge().keepRates('p', rates);
  expect(await knowledge().rates('p')).toEqual(rates);
  expect((await knowledge().facts()).rates).toEqual({ p: rates });
  expect(await knowledge({ ...facts, key: 'after an update' }).rates('p')).toBeNull();
  const nowOnGpu: DeviceFacts = { ...facts, engines: { llamacpp: { features: [], backend: 'webgpu' } } };
  expect(await knowledge(nowOnGpu).rates('p')).toBeNull();
  expect(await knowledge().rates('constructor')).toBeNull();
});

test('a package whose opening took its page down is one that there is too little memory for; told once, and of its backend alone', async () => {
  const { knowledge } = world();
  await knowledge().noteOpening('llamacpp', 400 * MiB, 'gone');
  const backedOff = { budgetBytes: 300 * MiB, basis: 'crash' };
  // Who does not know which pages were closed can't tell.
  expect((await knowledge().facts()).memory).toEqual(facts.memory);
  const { memory } = await knowledge().facts({ closedWorkers: [] });
  expect(memory).toEqual({ ...facts.memory, wasm: backedOff });
  expect((await knowledge().facts({ closedWorkers: [] })).memory?.wasm).toEqual(backedOff);
  // Nor is it learned anew.
  expect((await knowledge().facts({ ...learn, closedWorkers: [] })).memory?.wasm).toEqual(backedOff);
});

test('an opening that came to its end, that a page which was closed left, or that another tab is at, says nothing', async () => {
  const { knowledge } = world();
  await (await knowledge().noteOpening('llamacpp', 400 * MiB, 'gone'))();
  await knowledge().noteOpening('onnx', 400 * MiB, 'closed');
  await knowledge().noteOpening('onnx', 400 * MiB, 'alive');
  expect(await knowledge().facts({ closedWorkers: ['closed'] })).toEqual(facts);
});

test('what takes the page down again and again leaves less and less', async () => {
  const { knowledge } = world();
  const budgets: number[] = [];
  for (let times = 0; times < 3; times += 1) {
    await knowledge().noteOpening('llamacpp', 8 * GiB, 'gone');
    budgets.push((await knowledge().facts({ closedWorkers: [] })).memory?.wasm?.budgetBytes ?? 0);
  }
  expect(budgets).toEqual([0.75, 0.75 ** 2, 0.75 ** 3].map((part) => Math.floor(part * GiB)));
});

test('an engine that this browser does not have is not noted', async () => {
  const { knowledge, records } = world();
  await (await knowledge().noteOpening('webllm', 1, 'gone'))();
  expect((await records.read('here')).openings).toBeUndefined();
});

test('a page that went down once may have been ended by something else: a day later its package is tried again', async () => {
  let nowMs = 1;
  const { knowledge } = world({ now: () => nowMs });
  const day = 24 * 60 * 60 * 1000;
  await knowledge().noteOpening('llamacpp', 400 * MiB, 'gone');
  expect((await knowledge().facts({ closedWorkers: [] })).memory?.wasm?.basis).toBe('crash');
  nowMs += day;
  expect((await knowledge().facts()).memory?.wasm).toEqual(facts.memory?.wasm);
});

test('one that went down with less as well is believed for good', async () => {
  let nowMs = 1;
  const { knowledge } = world({ now: () => nowMs });
  for (let times = 0; times < 2; times += 1) {
    await knowledge().noteOpening('llamacpp', 400 * MiB, 'gone');
    await knowledge().facts({ closedWorkers: [] });
  }
  nowMs += 10 * 365 * 24 * 60 * 60 * 1000;
  expect((await knowledge().facts()).memory?.wasm).toEqual({ budgetBytes: 225 * MiB, basis: 'crash' });
});
