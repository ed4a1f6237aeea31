import { expect, test } from 'vitest';
import { runsLlamacpp, usesWebgpu } from './llamacpp-support.ts';

test('runs where WASM has 64-bit memory, as this Node has', () => {
  expect(runsLlamacpp()).toBe(true);
});

test('uses WebGPU only on an adapter with 16-bit floats', () => {
  expect(usesWebgpu(['subgroups', 'timestamp-query'])).toBe(false);
  // Without JSPI, as in this Node perhaps, nothing can wait for the GPU.
  expect(usesWebgpu(['shader-f16'])).toBe('Suspending' in WebAssembly);
});
