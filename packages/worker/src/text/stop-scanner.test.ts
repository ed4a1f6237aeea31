import { expect, test } from 'vitest';
import { StopScanner } from './stop-scanner.ts';

test.each([
  ['a stop string in one piece', ['ab.cd'], ['.'], 2],
  ['one over several pieces', ['a\n', '\nb'], ['\n\n'], 1],
  ['the one that is complete first, wherever the other began', ['xabc'], ['abcd', 'b'], 2],
  ['of two that are complete at once, the longer', ['xab'], ['b', 'ab'], 1],
  ['one that begins within another that came to nothing', ['aaab'], ['aab'], 1],
  ['none', ['abc', 'def'], ['x', 'cdx'], null],
  ['no empty one', ['abc'], [''], null],
])('finds %s', (_, pieces, stops, expected) => {
  const scanner = new StopScanner(stops);
  let found: number | null = null;
  for (const piece of pieces) found ??= scanner.push(piece);
  expect(found).toBe(expected);
});

test.each([
  ['ab', ['bc'], 1],
  ['ab', ['abc', 'bx'], 2],
  ['ab', ['x'], 0],
  ['', ['x'], 0],
  ['aa', ['aaa'], 2],
  ['abab', ['abac'], 2],
])('of %j, with %j to come, it holds back %i', (text, stops, held) => {
  const scanner = new StopScanner(stops);
  scanner.push(text);
  expect(scanner.held).toBe(held);
});
