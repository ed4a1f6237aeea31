import { expect, test } from 'vitest';
import { bootstrapInterval } from './bootstrap-interval.ts';
import { percentileOfSorted } from './percentile.ts';
import { seededRandom } from './seeded-random.ts';

/** Roughly normal: a sum of twelve uniform numbers. */
const normal = (random: () => number, mean: number) =>
  mean - 6 + Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, 0);

const sample = (size: number, mean: number, random: () => number) =>
  Array.from({ length: size }, () => normal(random, mean));

const medianDifference = ([a, b]: readonly Float64Array[]) =>
  percentileOfSorted(a ?? [], 0.5) - percentileOfSorted(b ?? [], 0.5);

test('holds the true difference of two medians in about 95 of 100 runs', () => {
  const random = seededRandom(7);
  let held = 0;
  for (let run = 0; run < 200; run++) {
    const [lo, hi] = bootstrapInterval([sample(60, 5, random), sample(60, 3, random)], medianDifference, {
      resamples: 200,
      random,
    });
    if (lo <= 2 && 2 <= hi) held++;
  }
  expect(held).toBeGreaterThanOrEqual(180);
});

test('narrows as samples grow', () => {
  const random = seededRandom(3);
  const width = (size: number) => {
    const [lo, hi] = bootstrapInterval([sample(size, 1, random), sample(size, 1, random)], medianDifference, {
      random,
    });
    return hi - lo;
  };
  expect(width(400)).toBeLessThan(width(25));
});

test('the same samples give the same interval', () => {
  const random = seededRandom(5);
  const samples = [sample(50, 2, random), sample(50, 2, random)];
  expect(bootstrapInterval(samples, medianDifference)).toEqual(bootstrapInterval(samples, medianDifference));
});

test('a sample that never varies has an interval of no width', () => {
  expect(bootstrapInterval([[4, 4, 4]], ([only]) => percentileOfSorted(only ?? [], 0.99))).toEqual([4, 4]);
});

test('hands resamples to the statistic in ascending order', () => {
  bootstrapInterval([[3, 1, 2]], ([only]) => {
    expect([...(only ?? [])]).toEqual([...(only ?? [])].sort((a, b) => a - b));
    return 0;
  });
});

test('an empty sample has no interval', () => {
  expect(() => bootstrapInterval([[1], []], medianDifference)).toThrow(RangeError);
});
