import { expect, test } from 'vitest';
import { jsonFaults, judgeJson, verdictLines } from './judge-json.ts';

const schema = { type: 'object', properties: { n: { type: 'integer', maximum: 3 } }, additionalProperties: false };
const answer = (text: string, ended = 'stop') => ({ schema, text, ended, ms: 500 });
const many = (count: number, text: string, ended?: string) => Array.from({ length: count }, () => answer(text, ended));

test('what is valid by its schema has no fault', () => {
  const verdict = judgeJson([answer('{"n": 3}'), answer('{}')]);
  expect(verdict).toEqual({ asked: 2, stopped: 2, invalid: [], unfinished: [], ms: 1_000 });
  expect(jsonFaults(verdict)).toEqual([]);
  expect(verdictLines(verdict)).toEqual(['JSON: of 2 schemas 2 ended by stop, of these 2 are valid (1 s)']);
});

test.each([
  ['{"n": 4}', /must be <= 3/],
  ['{"m": 1}', /additional properties/],
  ['{"n": ', /^no JSON/],
  ['', /^no JSON/],
])('%s ended by itself and is a fault, however many are good', (text, why) => {
  const verdict = judgeJson([...many(100, '{}'), answer(text)]);
  expect(verdict.invalid).toEqual([expect.stringMatching(why)]);
  expect(jsonFaults(verdict)).toEqual(verdict.invalid);
});

test('one in twenty may come to a limit or be refused, and no more', () => {
  const cut = answer('{"n', 'length');
  const most = judgeJson([...many(19, '{}'), cut]);
  expect(jsonFaults(most)).toEqual([]);
  expect(verdictLines(most)).toEqual([
    expect.stringContaining('20 schemas 19 ended'),
    expect.stringMatching(/^length/),
  ]);
  const refused = answer('', 'refused: 400');
  expect(jsonFaults(judgeJson([...many(18, '{}'), cut, refused]))).toEqual([
    expect.stringMatching(/^length/),
    expect.stringMatching(/^refused: 400/),
  ]);
});

test('what was cut is not judged: it is no whole answer', () => {
  expect(judgeJson([answer('{"n": 4', 'length')]).invalid).toEqual([]);
});
