import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exponentialOfMinus } from './exponential.ts';

test('is Math.exp to twelve digits', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 700, noNaN: true }), (depth) => {
      expect(Math.abs(exponentialOfMinus(depth) / Math.exp(-depth) - 1)).toBeLessThan(1e-12);
    }),
    { numRuns: 2000 },
  );
});

test('is exactly 1 at 0, and 0 where a double has nothing smaller', () => {
  expect(exponentialOfMinus(0)).toBe(1);
  expect(exponentialOfMinus(746)).toBe(0);
  expect(exponentialOfMinus(Number.POSITIVE_INFINITY)).toBe(0);
});

test('never grows', () => {
  const values = Array.from({ length: 120_000 }, (_, index) => exponentialOfMinus(index / 4097));
  expect(values.every((value, index) => index === 0 || value <= (values[index - 1] ?? 0))).toBe(true);
});
