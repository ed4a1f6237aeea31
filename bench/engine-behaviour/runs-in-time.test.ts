import { expect, test } from 'vitest';
import { runsInTime, timeLimit } from './runs-in-time.ts';

const clock = (stepMs: number) => {
  let atMs = 1000;
  return () => {
    atMs += stepMs;
    return atMs;
  };
};

test('there are as many runs as there should be where there is time', () => {
  expect([...runsInTime(4, timeLimit(1000, { now: clock(1) }))]).toEqual([0, 1, 2, 3]);
});

test('once the time is over no other run begins', () => {
  expect([...runsInTime(10, timeLimit(250, { now: clock(100) }))]).toEqual([0, 1, 2]);
});

test('some are run however late it is', () => {
  const late = timeLimit(-1, { now: clock(1) });
  expect([...runsInTime(10, late)]).toEqual([0]);
  expect([...runsInTime(10, late, { least: 3 })]).toEqual([0, 1, 2]);
  expect([...runsInTime(2, late, { least: 3 })]).toEqual([0, 1]);
});
