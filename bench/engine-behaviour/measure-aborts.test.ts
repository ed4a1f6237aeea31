import { expect, test } from 'vitest';
import { stepsOf, waitedFor } from './measure-aborts.ts';

test('what a question needs of an idle engine is not what it waited for', () => {
  expect(waitedFor({ freedMs: [150, 120, 90], idleMs: [90, 100, 500] })).toEqual([50, 20, 0]);
});

test('answers that were over before they were aborted don’t count, and must be few', () => {
  expect(waitedFor({ freedMs: [150, null, 110], idleMs: [100] })).toEqual([50, 10]);
  expect(() => waitedFor({ freedMs: [150, null], idleMs: [100] })).toThrow('Of 2 answers only 1');
});

test('a step is what lies between two tokens', () => {
  expect(stepsOf({ atMs: [100, 110, 130], tokens: 3 })).toEqual([10, 20]);
});

test('where a piece holds several tokens, its steps are taken to be alike', () => {
  expect(stepsOf({ atMs: [100, 130, 160], tokens: 5 })).toEqual([15]);
});

test('an answer in one piece has no steps', () => {
  expect(() => stepsOf({ atMs: [100], tokens: 4 })).toThrow('no steps');
  expect(() => stepsOf({ atMs: [], tokens: 0 })).toThrow('no steps');
});
