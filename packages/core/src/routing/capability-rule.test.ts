import type { DeviceFacts, DevicePackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { capabilityRule } from './capability-rule.ts';
import { fitRule } from './fit-rule.ts';
import { plainQuestion } from './plain-question.ts';

const device: DeviceFacts = {
  webgpu: {
    features: ['subgroups'],
    maxBufferBytes: 1_000,
    limits: { maxBufferSize: 1_000, minStorageBufferOffsetAlignment: 256 },
    adapter: 'test',
    isFallback: false,
  },
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 1_000,
  memoryBasis: 'rule',
  storage: null,
  engines: {
    onnx: { features: ['embeddings'], backend: 'webgpu' },
    llamacpp: { features: ['tools'], backend: 'wasm' },
  },
  key: '',
  rates: {},
};
const chat: DevicePackage = {
  id: 'chat',
  engine: 'onnx',
  bytes: 1,
  contextLength: 10,
  memory: { weights: 500, kvPerToken: 0, scratch: 0 },
  license: 'MIT',
  sources: [],
};
const vectors: DevicePackage = { ...chat, task: 'embedding' };
const ask = (pkg: DevicePackage, needs: Parameters<typeof capabilityRule>[0]['needs'] = [], facts = device) =>
  capabilityRule({ needs }, facts, pkg).reason;

test.each([
  ['more than enough', { maxBufferSize: 999 }, null],
  ['just enough', { maxBufferSize: 1_000 }, null],
  ['one too few', { maxBufferSize: 1_001 }, 'WebGPU limit maxBufferSize'],
  ['an alignment that is finer than needed', { minStorageBufferOffsetAlignment: 512 }, null],
  [
    'an alignment that is too coarse',
    { minStorageBufferOffsetAlignment: 128 },
    'WebGPU limit minStorageBufferOffsetAlignment',
  ],
  ['a limit that the adapter does not name', { maxOfTomorrow: 1 }, 'WebGPU limit maxOfTomorrow'],
])('limits: %s', (_, limits, missing) => {
  const reason = ask({ ...chat, requires: { limits } });
  expect(reason).toEqual(
    missing
      ? { rule: 'capability', verdict: 'device-unavailable', missing }
      : { rule: 'capability', verdict: 'can-run' },
  );
});

test('without WebGPU every limit is missing', () => {
  const reason = ask({ ...chat, requires: { limits: { maxBufferSize: 1 } } }, [], { ...device, webgpu: null });
  expect(reason).toMatchObject({ missing: 'WebGPU limit maxBufferSize' });
});

test('a package for embeddings makes no answers, and one for chats no embeddings', () => {
  expect(ask(vectors, ['embeddings'])).toMatchObject({ verdict: 'can-run' });
  expect(ask(vectors)).toEqual({ rule: 'capability', verdict: 'other-task', task: 'embedding' });
  expect(ask(chat, ['embeddings'])).toEqual({ rule: 'capability', verdict: 'other-task', task: 'chat' });
});

test('whether a model can run at all is asked of what it is made for', () => {
  expect(plainQuestion([vectors, vectors], device).needs).toEqual(['embeddings']);
  expect(plainQuestion([vectors, chat], device).needs).toEqual([]);
  expect(plainQuestion([], device).needs).toEqual([]);
});

test('an engine that is set aside is passed over until its time is up', () => {
  const aside = { ...device.engines.onnx, setAside: { code: 'engine.crashed', untilMs: 5_000 } } as const;
  const facts: DeviceFacts = { ...device, engines: { onnx: { features: [], backend: 'webgpu', ...aside } } };
  const at = (nowMs?: number) => capabilityRule({ needs: [], ...(nowMs && { nowMs }) }, facts, chat).reason;
  const passedOver = { rule: 'capability', verdict: 'set-aside', engine: 'onnx', code: 'engine.crashed' };
  expect(at(4_999)).toEqual(passedOver);
  expect(at()).toEqual(passedOver);
  expect(at(5_000)).toMatchObject({ verdict: 'can-run' });
});

test('the memory that counts is that of the backend which the engine has', () => {
  const memory = {
    webgpu: { budgetBytes: 400, basis: 'probe' },
    wasm: { budgetBytes: 600, basis: 'rule' },
  } as const;
  const have = (pkg: DevicePackage, facts: DeviceFacts) => fitRule(facts, pkg).reason;
  expect(have(chat, { ...device, memory })).toMatchObject({ verdict: 'too-large', haveBytes: 400 });
  expect(have({ ...chat, engine: 'llamacpp' }, { ...device, memory })).toMatchObject({
    verdict: 'fits',
    haveBytes: 600,
  });
  expect(have(chat, device)).toMatchObject({ verdict: 'fits', haveBytes: 1_000 });
});
