import { expect, test } from 'vitest';
import { llamacppThreads, runsLlamacpp, usesWebgpu } from './llamacpp-support.ts';

test.each([
  [true, 1, 1],
  [true, 2, 2],
  [true, 4, 4],
  [true, 64, 4],
  [true, 0, 1],
  [false, 8, 1],
])('isolated %s with %i processors: %i threads', (crossOriginIsolated, processors, threads) => {
  expect(llamacppThreads({ crossOriginIsolated, processors })).toBe(threads);
});

test('runs where WASM has 64-bit memory, as this Node has', () => {
  expect(runsLlamacpp()).toBe(true);
});

test('uses WebGPU only on an adapter with 16-bit floats', () => {
  expect(usesWebgpu(['subgroups', 'timestamp-query'])).toBe(false);
  // Without JSPI, as in this Node perhaps, nothing can wait for the GPU.
  expect(usesWebgpu(['shader-f16'])).toBe('Suspending' in WebAssembly);
});
