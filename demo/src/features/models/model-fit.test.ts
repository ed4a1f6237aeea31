import type { DeviceFacts } from '@orilla/contract';
import { expect, test } from 'vitest';
import { defaultCatalog } from '../../catalog.ts';
import { modelFit } from './model-fit.ts';

const device: DeviceFacts = {
  webgpu: null,
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 1_000_000_000,
  storage: null,
  engines: { llamacpp: { features: [], backend: 'wasm' } },
  memoryBasis: 'rule',
  key: '',
  rates: {},
};
const { 'smollm2-135m': starter, 'qwen3-4b': larger } = defaultCatalog.models;
if (!starter || !larger) throw new Error('The default catalog has a starter and a larger model.');

test('the starter fits a device with a gigabyte to spare', () => {
  expect(modelFit(starter, device)).toMatchObject({ verdict: 'fits', pkg: { id: 'smollm2-135m-instruct-q4_1' } });
});

test('the larger model does not, and the reason has the numbers', () => {
  expect(modelFit(larger, device)).toMatchObject({
    verdict: 'blocked',
    reason: { verdict: 'too-large', haveBytes: 1_000_000_000 },
  });
});

test('a browser without a device way runs nothing', () => {
  expect(modelFit(starter, null)).toMatchObject({ verdict: 'blocked', reason: { verdict: 'device-unavailable' } });
});

test('a model that only the server has says so', () => {
  expect(modelFit({ title: 'Server', device: [], relay: { model: 's' } }, device)).toEqual({
    verdict: 'blocked',
    reason: { rule: 'capability', verdict: 'no-device-package' },
  });
});
