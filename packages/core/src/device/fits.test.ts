import type { DeviceFacts, DevicePackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { capabilitiesOf } from './capabilities.ts';
import { packageFits } from './fits.ts';
import { wasmFacts } from './worker.double.ts';

const webgpu = { features: [], maxBufferBytes: 8, limits: { maxBufferSize: 8 }, adapter: 'acme', isFallback: false };
const device: DeviceFacts = {
  ...wasmFacts,
  webgpu,
  memory: { webgpu: { budgetBytes: 1_000, basis: 'probe' }, wasm: { budgetBytes: 500, basis: 'rule' } },
  engines: {
    onnx: { features: ['embeddings'], backend: 'webgpu' },
    llamacpp: { features: [], backend: 'wasm', setAside: { code: 'engine.crashed', untilMs: 10 } },
  },
};
const pkg = (change: Partial<DevicePackage>): DevicePackage => ({
  id: 'p',
  engine: 'onnx',
  bytes: 600,
  contextLength: 10,
  memory: { weights: 600, kvPerToken: 10, scratch: 50 },
  license: 'MIT',
  sources: [],
  ...change,
});
const fit = (change: Partial<DevicePackage>, nowMs?: number) => packageFits([pkg(change)], device, nowMs)[0];

test('tells what it needs, what there is, and where that is known from', () => {
  expect(fit({})).toEqual({
    packageId: 'p',
    engine: 'onnx',
    fits: true,
    needBytes: 750,
    haveBytes: 1_000,
    basis: 'probe',
    downloadBytes: 600,
  });
});

test('memory is that of the backend, and the last byte counts', () => {
  expect(fit({ contextLength: 35 })).toMatchObject({ fits: true, needBytes: 1_000 });
  expect(fit({ contextLength: 36 })).toMatchObject({ fits: false, needBytes: 1_010, haveBytes: 1_000 });
  expect(fit({ engine: 'llamacpp' }, 10)).toMatchObject({ fits: false, haveBytes: 500, basis: 'rule' });
});

test.each<[string, Partial<DevicePackage>]>([
  ['WebGPU limit maxBufferSize', { requires: { limits: { maxBufferSize: 9 } } }],
  ['WebGPU feature shader-f16', { requires: { features: ['shader-f16'] } }],
  ['engine webllm', { engine: 'webllm' }],
  ['engine llamacpp (it failed here with engine.crashed, and is left alone for a while)', { engine: 'llamacpp' }],
])('tells what is missing: %s', (missing, change) => {
  expect(fit(change, 9)).toMatchObject({ fits: false, missing });
});

test('of a model with both kinds the package for embeddings answers no chat', () => {
  const both = packageFits([pkg({ task: 'embedding' }), pkg({})], device);
  expect(both).toMatchObject([{ fits: false, missing: 'a package that answers chats' }, { fits: true }]);
  expect(packageFits([pkg({ task: 'embedding' })], device)).toMatchObject([{ fits: true }]);
});

test('what a device can do is plain data', () => {
  const told = capabilitiesOf(device);
  expect(told).toEqual(JSON.parse(JSON.stringify(told)));
  expect(told).toMatchObject({
    engines: [
      { name: 'onnx', backend: 'webgpu', features: ['embeddings'] },
      { name: 'llamacpp', backend: 'wasm', setAside: { code: 'engine.crashed' } },
    ],
    adapter: { name: 'acme', limits: { maxBufferSize: 8 }, isFallback: false },
    memory: { webgpu: { budgetBytes: 1_000, basis: 'probe' }, wasm: { budgetBytes: 500, basis: 'rule' } },
    rates: {},
    deviceKey: 'test',
  });
});

test('where the app said how much memory there is, it is so for every backend', () => {
  const { memory: _, ...said } = device;
  const budget = { budgetBytes: said.memoryBudgetBytes, basis: 'rule' };
  expect(capabilitiesOf(said).memory).toEqual({ webgpu: budget, wasm: budget });
  expect(capabilitiesOf({ ...said, webgpu: null }).memory).toEqual({ webgpu: null, wasm: budget });
});
