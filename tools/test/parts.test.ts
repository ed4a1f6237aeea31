import { expect, test } from 'vitest';
import { projectsOf, selectParts } from './parts.ts';

test('without a word everything runs that a fresh machine can run', () => {
  expect(selectParts([])).toEqual({
    parts: ['unit', 'integration', 'e2e', 'conformance', 'faults', 'webgpu'],
    filters: [],
    isSlice: true,
  });
});

test('a part is run alone, with the filters after it', () => {
  expect(selectParts(['vllm', 'stop', 'usage'])).toEqual({
    parts: ['vllm'],
    isSlice: false,
    filters: ['stop', 'usage'],
  });
});

test('a word that names no part filters the default parts', () => {
  expect(selectParts(['privacy', 'unit'])).toEqual({
    parts: ['unit', 'integration', 'e2e', 'conformance', 'faults', 'webgpu'],
    isSlice: true,
    filters: ['privacy', 'unit'],
  });
});

test('a word that only an object knows is no part', () => {
  expect(selectParts(['constructor']).filters).toEqual(['constructor']);
});

test('each runner gets the parts that it has files for', () => {
  const { parts } = selectParts([]);
  expect(projectsOf(parts, 'vitest')).toEqual(['unit', 'integration', 'conformance']);
  expect(projectsOf(parts, 'playwright')).toEqual(['e2e', 'conformance', 'faults', 'webgpu']);
});
