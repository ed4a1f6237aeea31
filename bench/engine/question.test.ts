import { expect, test } from 'vitest';
import { questionOf } from './question.ts';

const size = { words: 12, tokens: 8 };

test('the same number is the same question', () => {
  expect(questionOf(3, size)).toEqual(questionOf(3, size));
});

test('neighbours differ from their first word on', () => {
  const firsts = Array.from({ length: 30 }, (_, number) => questionOf(number, size).system.split(' ')[0]);
  expect(new Set(firsts).size).toBe(30);
});

test('a question is as long as it is asked to be', () => {
  expect(questionOf(7, size).system.split(' ')).toHaveLength(12);
  expect(questionOf(7, size).tokens).toBe(8);
});
