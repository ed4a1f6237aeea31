import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { workInStep } from './work-in-step.ts';

const shared = () => new Int32Array(new SharedArrayBuffer(4));

test('one thread waits for nobody', () => {
  const arrived = shared();
  expect(workInStep(arrived, 1)).toBeGreaterThan(0);
  expect(arrived[0]).toBe(49);
});

test('two end in the same step, and neither before the other has come', async () => {
  const arrived = shared();
  // Not this one: nothing could end it while it waits for the other.
  const threads = [0, 1].map(
    () => new Worker(new URL('./other-thread.double.ts', import.meta.url), { workerData: arrived.buffer }),
  );
  onTestFinished(async () => {
    await Promise.all(threads.map((thread) => thread.terminate()));
  });
  for (const [ms] of await Promise.all(threads.map((thread) => once(thread, 'message')))) expect(ms).toBeGreaterThan(0);
  expect(arrived[0]).toBe(98);
});
