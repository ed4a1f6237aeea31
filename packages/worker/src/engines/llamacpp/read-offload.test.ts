import { expect, test } from 'vitest';
import { backendOf, readOffload } from './read-offload.ts';

test('reads how many layers the GPU got', () => {
  expect(readOffload('load_tensors: offloaded 31/31 layers to GPU')).toEqual({ offloaded: 31, total: 31 });
  expect(readOffload('load_tensors: offloaded 0/31 layers to GPU\n')).toEqual({ offloaded: 0, total: 31 });
});

test.each(['load_tensors: offloading 30 repeating layers to GPU', 'offloaded x/31 layers to GPU', ''])(
  'passes over the line %j',
  (line) => {
    expect(readOffload(line)).toBeNull();
  },
);

test.each([
  [{ offloaded: 31, total: 31 }, 'webgpu'],
  [{ offloaded: 30, total: 31 }, 'wasm'],
  [{ offloaded: 0, total: 31 }, 'wasm'],
  [{ offloaded: 0, total: 0 }, 'wasm'],
  [null, 'wasm'],
] as const)('%j is told as %s', (layers, backend) => {
  expect(backendOf(layers)).toBe(backend);
});
