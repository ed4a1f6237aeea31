import { memoryNeed } from '@orilla/contract';
import { expect, test } from 'vitest';
import { defaultCatalog } from './catalog.ts';

const models = Object.entries(defaultCatalog.models);
const packages = models.flatMap(([, model]) => model.device);

test('the starter comes first, since the page opens with the first model', () => {
  expect(models[0]?.[0]).toBe('smollm2-135m');
  expect(models[0]?.[1].relay).toEqual({ model: 'smollm2-135m' });
});

test('every package is asked of the own server first, and the starter of nobody else', () => {
  for (const [index, pkg] of packages.entries()) {
    expect(pkg.sources[0]).toEqual({ kind: 'mirror', url: `/orilla/v1/models/${pkg.id}/` });
    expect(pkg.sources.slice(1).map((source) => source.kind)).toEqual(index === 0 ? [] : ['hub']);
  }
});

test('every hub source is pinned to a commit and names one GGUF file', () => {
  for (const source of packages.flatMap((pkg) => pkg.sources)) {
    if (source.kind !== 'hub') continue;
    expect(source.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(source.path).toMatch(/\.gguf$/);
  }
});

test('package ids differ, since the weight store and the mirror keep packages by id', () => {
  expect(new Set(packages.map((pkg) => pkg.id)).size).toBe(packages.length);
});

test('the key/value cache per token follows from each architecture', () => {
  const layersHeadsSize: Record<string, [number, number, number]> = {
    'smollm2-135m-instruct-q4_1': [30, 3, 64],
    'qwen2.5-0.5b-instruct-q4_k_m': [24, 2, 64],
    'qwen2.5-1.5b-instruct-q4_k_m': [28, 2, 128],
    'qwen3-4b-q4_k_m': [36, 8, 128],
  };
  for (const pkg of packages) {
    const [layers = 0, heads = 0, size = 0] = layersHeadsSize[pkg.id] ?? [];
    expect(pkg.memory.kvPerToken, pkg.id).toBe(2 * layers * heads * size * 2);
  }
});

test('models are listed from the smallest to the largest in memory', () => {
  const needs = packages.map(memoryNeed);
  expect(needs).toEqual([...needs].sort((a, b) => a - b));
});
