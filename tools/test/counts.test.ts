import { expect, test } from 'vitest';
import { addCounts, countsLine, exitCodeOf, noTests } from './counts.ts';

test('sums what every runner counted', () => {
  const sum = addCounts([
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ]);
  expect(sum).toEqual({ passed: 11, failed: 22, skipped: 33 });
  expect(addCounts([])).toEqual(noTests);
});

test('the last line names skipped tests only when there are any', () => {
  expect(countsLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(countsLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});

test('a run in which nothing ran has not succeeded', () => {
  expect(exitCodeOf(noTests)).toBe(1);
  expect(exitCodeOf({ passed: 0, failed: 0, skipped: 5 })).toBe(1);
  expect(exitCodeOf({ passed: 5, failed: 1, skipped: 0 })).toBe(1);
  expect(exitCodeOf({ passed: 5, failed: 0, skipped: 1 })).toBe(0);
});
