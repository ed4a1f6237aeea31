import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const draw = (seed: number, count: number) => Array.from({ length: count }, seededRandom(seed));

test('the same seed gives the same numbers, another seed others', () => {
  expect(draw(42, 5)).toEqual(draw(42, 5));
  expect(draw(42, 5)).not.toEqual(draw(43, 5));
});

test('numbers spread evenly from 0 up to 1', () => {
  const values = draw(1, 10_000);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1);
});

test('seed 0 works like any other', () => {
  expect(new Set(draw(0, 10)).size).toBe(10);
});
