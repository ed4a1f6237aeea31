import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SilenceWatch, watchSilence } from './watch-silence.ts';

// Time is Vitest's: `sleep` is what a frozen tab or a sleeping machine does, when the clock goes on and no timer runs.
const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms);
const now = () => Date.now();

beforeEach(() => {
  vi.useFakeTimers();
});
const watches: SilenceWatch[] = [];
afterEach(() => {
  for (const watch of watches.splice(0)) watch.end();
  vi.useRealTimers();
});

function watching(counts?: () => boolean) {
  let told = 0;
  const watch = watchSilence({ limitMs: 1_000, now, counts, onSilent: () => (told += 1) });
  watches.push(watch);
  return { watch, told: () => told };
}

test('tells once that nothing was heard for the time, and again after something was', () => {
  const { watch, told } = watching();
  vi.advanceTimersByTime(900);
  expect(told()).toBe(0);
  vi.advanceTimersByTime(5_000);
  expect(told()).toBe(1);
  watch.heard();
  vi.advanceTimersByTime(900);
  expect(told()).toBe(1);
  vi.advanceTimersByTime(200);
  expect(told()).toBe(2);
});

test('whoever is heard from now and then is not silent', () => {
  const { watch, told } = watching();
  for (let times = 0; times < 50; times += 1) {
    vi.advanceTimersByTime(900);
    watch.heard();
  }
  expect(told()).toBe(0);
});

test('a tab that was frozen for hours has not been silent for hours', () => {
  const { told } = watching();
  vi.advanceTimersByTime(300);
  sleep(3 * 3_600_000);
  vi.advanceTimersByTime(300);
  expect(told()).toBe(0);
  vi.advanceTimersByTime(700);
  expect(told()).toBe(1);
});

test('time that does not count is no silence', () => {
  let isVisible = false;
  const { told } = watching(() => isVisible);
  vi.advanceTimersByTime(10_000);
  expect(told()).toBe(0);
  isVisible = true;
  vi.advanceTimersByTime(900);
  expect(told()).toBe(0);
  vi.advanceTimersByTime(200);
  expect(told()).toBe(1);
});

test('an ended watch tells nothing', () => {
  const { watch, told } = watching();
  watch.end();
  vi.advanceTimersByTime(10_000);
  expect(told()).toBe(0);
});
