import type { LoadResult } from '@orilla/contract';
import { expect, test } from 'vitest';
import { demandPath, pathText } from './measure-case.ts';

const onCpu: LoadResult = {
  engine: 'llamacpp',
  backend: 'wasm',
  packageId: 'starter',
  contextLength: 2_048,
  threads: 2,
  fetchedBytes: 0,
};
const onGpu: LoadResult = { ...onCpu, backend: 'webgpu', gpuLayers: { offloaded: 31, total: 31 } };

test('what it computes with is told', () => {
  expect(pathText(onCpu)).toBe('wasm, 2 threads');
  expect(pathText({ ...onCpu, threads: 1 })).toBe('wasm, 1 thread');
  expect(pathText(onGpu)).toBe('webgpu, 31/31 layers');
  expect(pathText({ ...onCpu, engine: 'onnx', backend: 'webgpu' })).toBe('webgpu');
});

test('the way that was to be measured is measured', () => {
  demandPath({ engine: 'llamacpp', backend: 'wasm' }, onCpu);
  demandPath({ engine: 'llamacpp', backend: 'webgpu' }, onGpu);
  demandPath({ engine: 'onnx', backend: 'webgpu' }, { ...onCpu, engine: 'onnx', backend: 'webgpu' });
});

test.each<[string, LoadResult]>([
  ['another backend', onCpu],
  ['another engine', { ...onGpu, engine: 'onnx' }],
  ['a part of the layers', { ...onGpu, gpuLayers: { offloaded: 30, total: 31 } }],
  ['no word of the layers', { ...onCpu, backend: 'webgpu' }],
])('%s is refused', (_, loaded) => {
  expect(() => demandPath({ engine: 'llamacpp', backend: 'webgpu' }, loaded)).toThrow(
    'llamacpp on webgpu was to be measured',
  );
});
