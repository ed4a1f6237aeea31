import { expect, test } from 'vitest';
import { progressText, startProgress } from './progress.ts';

function setUp(isTTY: boolean) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const progress = startProgress({
    label: 'model',
    totalBytes: 100e6,
    output: { isTTY, columns: 80, write: (text) => written.push(text) },
    now: () => clock.ms,
  });
  return { progress, written, clock };
}

test('a terminal gets one line redrawn, with bytes, speed and time left', () => {
  const { progress, written, clock } = setUp(true);
  progress.update(0);
  clock.ms = 2000;
  progress.update(25e6);
  expect(written).toEqual([`\r\x1b[K${'█'.repeat(6)}${'░'.repeat(18)} model: 25.0 of 100.0 MB, 12.5 MB/s, 6 s left`]);
  progress.end();
  expect(written.at(-1)).toBe('\n');
});

test('a terminal is not redrawn more than ten times a second, but the end is always shown', () => {
  const { progress, written, clock } = setUp(true);
  for (let ms = 0; ms < 1000; ms++) {
    clock.ms = ms;
    progress.update(ms * 100e3);
  }
  expect(written.length).toBeLessThanOrEqual(10);
  progress.update(100e6);
  progress.end();
  expect(written.at(-2)).toContain('100.0 of 100.0 MB');
});

test('a log gets a plain line now and then', () => {
  const { progress, written, clock } = setUp(false);
  for (let second = 0; second <= 25; second++) {
    clock.ms = second * 1000;
    progress.update(second * 4e6);
  }
  progress.end();
  expect(written).toEqual([
    'model: 4.0 of 100.0 MB, 4.0 MB/s, 24 s left\n',
    'model: 44.0 of 100.0 MB, 4.0 MB/s, 14 s left\n',
    'model: 84.0 of 100.0 MB, 4.0 MB/s, 4 s left\n',
    'model: 100.0 of 100.0 MB, 4.0 MB/s\n',
  ]);
});

test('what an earlier run had brought is no part of the speed', () => {
  const { progress, written, clock } = setUp(false);
  progress.update(90e6);
  clock.ms = 10_000;
  progress.update(95e6);
  expect(written.at(-1)).toBe('model: 95.0 of 100.0 MB, 0.5 MB/s, 10 s left\n');
});

test('nothing is written for a download that never began', () => {
  const { progress, written } = setUp(true);
  progress.update(0);
  progress.end();
  expect(written).toEqual([]);
});

test('a long wait is told in minutes', () => {
  expect(progressText(1e6, 61e6, 100e3)).toBe('1.0 of 61.0 MB, 0.1 MB/s, 10 min left');
});
