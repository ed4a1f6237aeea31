/** Steps of one measurement, and the work of each: together as long as a small model's layers take, a few tenths of a millisecond a step. */
const steps = 48;
const stepWork = 240_000;

/**
 * This thread's part of the work, in step with the others: after each step it waits for them, as an engine's threads do, without giving its
 * core away. Gives the milliseconds from the moment when all had come to the end.
 * @param arrived one number that all of them share, 0 at first
 */
export function workInStep(arrived: Int32Array, threads: number): number {
  const part = Math.ceil(stepWork / threads);
  let sum = 0;
  waitForAll(arrived, threads);
  const beganMs = performance.now();
  for (let step = 2; step <= steps + 1; step += 1) {
    for (let index = 1; index <= part; index += 1) sum = (Math.imul(sum, 31) + index) | 0;
    waitForAll(arrived, threads * step);
  }
  const ms = performance.now() - beganMs;
  // What nobody reads might not be computed.
  return Number.isInteger(sum) ? ms : Number.NaN;
}

function waitForAll(arrived: Int32Array, count: number): void {
  Atomics.add(arrived, 0, 1);
  while (Atomics.load(arrived, 0) < count);
}
