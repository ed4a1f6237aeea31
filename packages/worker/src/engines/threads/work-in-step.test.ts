import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { workInStep } from './work-in-step.ts';

const shared = () => new Int32Array(new SharedArrayBuffer(4));

test('one thread waits for nobody', () => {
  const arrived = shared();
  expect(workInStep(arrived, 1)).toBeGreaterThan(0);
  expect(arrived[0]).toBe(49);
});

test('two end in the same step, and neither before the other has come', async () => {
  const arrived = shared();
  const other = new Worker(new URL('./other-thread.double.ts', import.meta.url), { workerData: arrived.buffer });
  const ended = new Promise<number>((resolve, reject) => {
    other.on('message', resolve);
    other.on('error', reject);
  });
  try {
    const own = workInStep(arrived, 2);
    expect(own).toBeGreaterThan(0);
    expect(await ended).toBeGreaterThan(0);
    expect(arrived[0]).toBe(98);
  } finally {
    await other.terminate();
  }
});
