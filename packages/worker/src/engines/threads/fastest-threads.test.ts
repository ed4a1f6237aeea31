import { expect, test, vi } from 'vitest';
import { fastestThreads, type ThreadTime } from './fastest-threads.ts';

const isolated = (processors: number) => ({ crossOriginIsolated: true, processors });
const timed = (times: Readonly<Record<number, number>>) => async (candidates: readonly number[]) =>
  candidates.map((threads): ThreadTime => ({ threads, ms: times[threads] ?? Number.NaN }));

test('takes as many as are fastest', async () => {
  expect(await fastestThreads(isolated(4), { measure: timed({ 1: 20, 2: 11, 4: 6 }) })).toBe(4);
  expect(await fastestThreads(isolated(4), { measure: timed({ 1: 20, 2: 11, 4: 40 }) })).toBe(2);
});

test('beside other work, where threads wait for each other, takes one', async () => {
  expect(await fastestThreads(isolated(2), { measure: timed({ 1: 20, 2: 180 }) })).toBe(1);
});

test('another thread that saves less than a tenth is left to the page', async () => {
  expect(await fastestThreads(isolated(2), { measure: timed({ 1: 20, 2: 18.5 }) })).toBe(1);
  expect(await fastestThreads(isolated(4), { measure: timed({ 1: 20, 2: 11, 4: 10.5 }) })).toBe(2);
});

test.each([
  [2, [1, 2]],
  [3, [1, 2, 3]],
  [4, [1, 2, 4]],
  [64, [1, 2, 4]],
])('with %i processors measures %j', async (processors, candidates) => {
  const measure = vi.fn(timed({ 1: 4, 2: 3, 3: 2, 4: 1 }));
  await fastestThreads(isolated(processors), { measure });
  expect(measure).toHaveBeenCalledExactlyOnceWith(candidates);
});

test.each([
  ['without isolation', { crossOriginIsolated: false, processors: 8 }],
  ['on one processor', isolated(1)],
  ['where the browser tells of none', isolated(0)],
])('%s there is one, and nothing is measured', async (_, device) => {
  const measure = vi.fn(timed({}));
  expect(await fastestThreads(device, { measure })).toBe(1);
  expect(measure).not.toHaveBeenCalled();
});

test('where threads cannot be started there is one', async () => {
  const measure = () => Promise.reject(new Error('no worker'));
  expect(await fastestThreads(isolated(4), { measure })).toBe(1);
});
