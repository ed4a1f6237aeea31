import { expect, test } from 'vitest';
import { type EngineRate, ratesMarkdown, ratesText } from './engine-rate.ts';

const rate: EngineRate = {
  adapter: 'no WebGPU',
  backend: 'wasm',
  engine: 'onnx',
  model: 'tiny',
  threads: 1,
  prefill: 512.3,
  decode: 61.27,
};

test('has a line for each engine, with what it computes with and the model', () => {
  const rates = [rate, { ...rate, adapter: 'lavapipe', backend: 'webgpu' as const, decode: 9 }];
  expect(ratesMarkdown(rates).split('\n').slice(2, 4)).toEqual([
    '| no WebGPU | `onnx` | wasm, 1 thread | tiny | 512 | 61.3 |',
    '| lavapipe | `onnx` | webgpu | tiny | 512 | 9.00 |',
  ]);
});

test('the text says the same', () => {
  expect(ratesText([{ ...rate, threads: 2 }])).toBe('no WebGPU · `onnx` · wasm, 2 threads · tiny · 512 · 61.3');
});
