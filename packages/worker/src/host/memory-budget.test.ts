import { expect, test } from 'vitest';
import { memoryBudgetBytes } from './memory-budget.ts';

const GiB = 1024 ** 3;

test.each([
  ['half of a small device', { deviceMemory: 2, maxBufferBytes: null }, 1],
  ['half of what is assumed where the browser does not tell', { deviceMemory: undefined, maxBufferBytes: null }, 2],
  ['what WASM can address, on a device with more', { deviceMemory: 8, maxBufferBytes: null }, 3.5],
  ['half of the device, with a large GPU', { deviceMemory: 8, maxBufferBytes: 4 * GiB }, 4],
  ['four of the largest buffers of a small GPU', { deviceMemory: 8, maxBufferBytes: GiB / 4 }, 1],
  ['no more than 16 GiB, whatever there is', { deviceMemory: 128, maxBufferBytes: 64 * GiB }, 16],
])('%s', (_, facts, gib) => {
  expect(memoryBudgetBytes(facts)).toBe(gib * GiB);
});
