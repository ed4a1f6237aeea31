import fc from 'fast-check';
import { expect, test } from 'vitest';
import { medianInterval } from './median-interval.ts';
import { median } from './percentile.ts';
import { seededRandom } from './seeded-random.ts';

const oneTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

test.each([
  // Ranks from the published tables of the sign test at 95 %.
  [6, 1, 6],
  [10, 2, 9],
  [15, 4, 12],
  [20, 6, 15],
  [50, 18, 33],
])('of %i values it runs from the %i-th to the %i-th', (n, lo, hi) => {
  expect(medianInterval(oneTo(n))).toEqual([lo, hi]);
});

test('too few values for 95 % give their whole range', () => {
  expect(medianInterval([3, 1, 2])).toEqual([1, 3]);
  expect(medianInterval([7])).toEqual([7, 7]);
});

test('no values have no interval, and neither have more than it can count', () => {
  expect(() => medianInterval([])).toThrow(RangeError);
  expect(() => medianInterval(oneTo(1001))).toThrow(RangeError);
  expect(medianInterval(oneTo(1000))).toEqual([469, 532]);
});

test('holds the median of the values, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const [lo, hi] = medianInterval(values);
      expect(lo).toBeLessThanOrEqual(median(values));
      expect(hi).toBeGreaterThanOrEqual(median(values));
      expect(medianInterval(values.toReversed())).toEqual([lo, hi]);
    }),
  );
});

test('holds the true median of a skewed source in 95 of 100 runs', () => {
  const random = seededRandom(1);
  const trueMedian = Math.log(2);
  let held = 0;
  for (let run = 0; run < 2000; run++) {
    const [lo, hi] = medianInterval(oneTo(12).map(() => -Math.log(1 - random())));
    if (lo <= trueMedian && trueMedian <= hi) held++;
  }
  // 96.1 % by the binomial distribution; 0.4 % is the standard error of this count.
  expect(held / 2000).toBeGreaterThan(0.945);
  expect(held / 2000).toBeLessThan(0.98);
});
