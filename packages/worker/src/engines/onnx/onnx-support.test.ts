import { expect, test } from 'vitest';
import { onnxBackend, runsOnnx } from './onnx-support.ts';

test('runs wherever WASM has SIMD, as it has here', () => {
  expect(runsOnnx()).toBe(true);
});

test('computes on the GPU where there is an adapter, with 16-bit floats or without', () => {
  const webgpu = { features: [], maxBufferBytes: 1, limits: {}, adapter: '', isFallback: false };
  expect(onnxBackend(webgpu)).toBe('webgpu');
  expect(onnxBackend(null)).toBe('wasm');
});
