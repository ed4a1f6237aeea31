import { expect, test } from 'vitest';
import { throttle } from './throttle.ts';

function makeThrottle() {
  let runs = 0;
  let pending: (() => void) | null = null;
  const after = (_ms: number, callback: () => void) => {
    pending = callback;
    return () => {
      pending = null;
    };
  };
  const throttled = throttle(() => (runs += 1), { intervalMs: 250, after });
  const endInterval = () => {
    const callback = pending;
    pending = null;
    callback?.();
  };
  return { ...throttled, runs: () => runs, endInterval, isWaiting: () => pending !== null };
}

test('the first runs at once, the others of the interval together at its end', () => {
  const { ask, runs, endInterval } = makeThrottle();
  for (let times = 0; times < 5; times += 1) ask();
  expect(runs()).toBe(1);
  endInterval();
  expect(runs()).toBe(2);
});

test('what comes after a run at an interval’s end waits for the next end', () => {
  const { ask, runs, endInterval } = makeThrottle();
  ask();
  ask();
  endInterval();
  ask();
  expect(runs()).toBe(2);
  endInterval();
  expect(runs()).toBe(3);
});

test('where nobody asks, nothing runs and nothing waits', () => {
  const { ask, runs, endInterval, isWaiting } = makeThrottle();
  ask();
  endInterval();
  expect(isWaiting()).toBe(false);
  expect(runs()).toBe(1);
  ask();
  expect(runs()).toBe(2);
});

test('after a stop nothing runs', () => {
  const { ask, stop, runs, endInterval, isWaiting } = makeThrottle();
  ask();
  ask();
  stop();
  expect(isWaiting()).toBe(false);
  endInterval();
  ask();
  expect(runs()).toBe(1);
});

test('a clock of its own where none is given', async () => {
  let runs = 0;
  const { ask } = throttle(() => (runs += 1), { intervalMs: 1 });
  ask();
  ask();
  while (runs < 2) await new Promise((resolve) => setTimeout(resolve, 1));
});
