import type { Catalog, DeviceFacts, DevicePackage, StoredPackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { modelRows } from './model-rows.ts';

const facts: DeviceFacts = {
  webgpu: null,
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 1000,
  storage: null,
  engines: { llamacpp: { features: [], backend: 'wasm' } },
  memoryBasis: 'rule',
  key: '',
  rates: {},
};
const pkg = (id: string, weights = 10): DevicePackage => ({
  id,
  engine: 'llamacpp',
  bytes: weights,
  contextLength: 1,
  memory: { weights, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
  sources: [],
});
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
const catalog: Catalog = {
  models: {
    small: { title: 'Small', device: [pkg('small-q8', 5000), pkg('small-q4')] },
    served: { title: 'Served', device: [], relay: { model: 'served' } },
    huge: { title: 'Huge', device: [pkg('huge-q4', 5000)] },
  },
};
const titles = (rows: readonly { title: string }[]) => rows.map(({ title }) => title);

test('shows each model once, with the package that suits this device', () => {
  const { listed, unlisted } = modelRows({ catalog, facts, stored: [] });
  expect(listed).toMatchObject([
    { title: 'Small', pkg: { id: 'small-q4' }, fit: { verdict: 'fits' }, stored: null },
    { title: 'Served', pkg: null, fit: { verdict: 'blocked' } },
    { title: 'Huge', pkg: { id: 'huge-q4' }, fit: { verdict: 'blocked', reason: { verdict: 'too-large' } } },
  ]);
  expect(unlisted).toEqual([]);
});

test('before the device has answered nothing is said of what fits', () => {
  const { listed } = modelRows({ catalog, facts: undefined, stored: [] });
  expect(listed.map(({ fit }) => fit)).toEqual([null, null, null]);
});

test('whatever else of a model is stored has a row of its own, told apart by its package', () => {
  const { listed } = modelRows({ catalog, facts, stored: [stored('small-q8'), stored('small-q4')] });
  expect(titles(listed)).toEqual(['Small (small-q8)', 'Small (small-q4)', 'Served', 'Huge']);
  expect(listed[0]).toMatchObject({ fit: { verdict: 'blocked' }, stored: { id: 'small-q8' } });
});

test('what no entry of the catalog names comes by itself, under its id', () => {
  const { unlisted } = modelRows({ catalog, facts, stored: [stored('forgotten')] });
  expect(unlisted).toEqual([
    { key: 'package forgotten', title: 'forgotten', sharedWith: [], pkg: null, fit: null, stored: stored('forgotten') },
  ]);
});

test('one package that two models use is one row, which names both', () => {
  const twins: Catalog = {
    models: { ...catalog.models, twin: { title: 'Twin', device: [pkg('small-q4')] } },
  };
  const { listed, unlisted } = modelRows({ catalog: twins, facts, stored: [stored('small-q4')] });
  expect(titles(listed)).toEqual(['Small', 'Served', 'Huge']);
  expect(listed[0]?.sharedWith).toEqual(['Twin']);
  expect(unlisted).toEqual([]);
});

test('no two rows have the same key', () => {
  const odd: Catalog = { models: { a: { title: 'A', device: [] }, 'package a': { title: 'B', device: [pkg('a')] } } };
  const { listed } = modelRows({ catalog: odd, facts, stored: [stored('b')] });
  expect(new Set(listed.map(({ key }) => key)).size).toBe(2);
});
