import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomAt } from './random-at.ts';

test('is the same for the same seed, choice and position, and from [0, 1)', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.nat(128), fc.nat(100_000), (seed, choice, position) => {
      const value = randomAt(seed, choice, position);
      expect(randomAt(seed, choice, position)).toBe(value);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }),
  );
});

test('seed, choice and position each change it, and none is mistaken for another', () => {
  const values = new Set<number>();
  for (let seed = -8; seed < 8; seed++)
    for (let choice = 0; choice < 8; choice++)
      for (let position = 0; position < 64; position++) values.add(randomAt(seed, choice, position));
  expect(values.size).toBe(16 * 8 * 64);
  expect(randomAt(2 ** 53 - 1, 0, 0)).not.toBe(randomAt(2 ** 53 - 2, 0, 0));
  expect(randomAt(-0, 0, 0)).toBe(randomAt(0, 0, 0));
});

test.each([
  ['positions', (index: number) => randomAt(42, 0, index)],
  ['seeds', (index: number) => randomAt(index, 0, 0)],
  ['choices', (index: number) => randomAt(42, index, 3)],
])('numbers of following %s are even and do not follow from each other', (_, at) => {
  const count = 20_000;
  const bins = new Array<number>(10).fill(0);
  const pairs = new Array<number>(25).fill(0);
  for (let index = 0; index < count; index++) {
    const [value, next] = [at(index), at(index + 1)];
    const bin = Math.floor(value * 10);
    const pair = Math.floor(value * 5) * 5 + Math.floor(next * 5);
    bins[bin] = (bins[bin] ?? 0) + 1;
    pairs[pair] = (pairs[pair] ?? 0) + 1;
  }
  // The values that chi-square exceeds once in a thousand times, for 9 and 24 degrees of freedom.
  expect(chiSquare(bins, count / 10)).toBeLessThan(27.9);
  expect(chiSquare(pairs, count / 25)).toBeLessThan(51.2);
});

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
