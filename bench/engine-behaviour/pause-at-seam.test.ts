import { expect, test } from 'vitest';
import { pauseAtSeam } from './pause-at-seam.ts';

test('is the longest pause between two pieces, wherever it is', () => {
  expect(pauseAtSeam([100, 120, 2120, 2140])).toBe(2000);
  expect(pauseAtSeam([5, 905, 910])).toBe(900);
});

test('what passed until the first piece is none', () => {
  expect(pauseAtSeam([9000, 9010])).toBe(10);
});

test('an answer of one piece, or of none, has none', () => {
  expect(() => pauseAtSeam([1])).toThrow('no pause');
  expect(() => pauseAtSeam([])).toThrow('no pause');
});
