import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, percentile } from './percentile.ts';

test('the median stands in the middle, between the two middle values where their number is even', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('percentiles are interpolated between the nearest values', () => {
  const values = Array.from({ length: 101 }, (_, index) => index);
  expect(percentile(values, 0.99)).toBeCloseTo(99);
  expect(percentile([10, 20], 0.25)).toBe(12.5);
});

test('the ends are the smallest and the largest value', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      expect(percentile(values, 0)).toBe(Math.min(...values));
      expect(percentile(values, 1)).toBe(Math.max(...values));
    }),
  );
});

test('the values are left as they stand', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('no values have no percentile', () => {
  expect(() => median([])).toThrow(RangeError);
});
