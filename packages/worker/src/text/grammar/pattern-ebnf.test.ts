import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerVocabulary, randomAnswer, spell, stops } from './answers.double.ts';
import { createMaskCompiler } from './compile-token-mask.ts';
import { PatternError, patternEbnf } from './pattern-ebnf.ts';
import { randomOf } from './random.double.ts';
import { xgrammarInNode } from './xgrammar.double.ts';

const loading = xgrammarInNode();
const compile = createMaskCompiler({ load: () => loading });

async function maskOf(pattern: string) {
  const schema = { type: 'string', pattern };
  const format = { type: 'json_schema', json_schema: { name: 'x', schema } } as const;
  const mask = await compile(format, answerVocabulary, stops);
  if (!mask) throw new Error('A pattern makes a mask.');
  return mask;
}

const patterns: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
  ['^abc$', ['abc'], ['ab', 'abcd', '']],
  ['a|bc|', ['a', 'bc', ''], ['b', 'abc']],
  ['^(a|b)c?$', ['a', 'bc'], ['c', 'abc']],
  ['(?:ab)+', ['ab', 'abab'], ['aba', '']],
  ['a*?b', ['b', 'aaab'], ['a']],
  ['a{2}b{1,}c{0,2}', ['aab', 'aabbcc'], ['ab', 'aabccc']],
  ['^.{2}$', ['xy', '漢é'], ['x', 'xyz']],
  ['[a-c_.-]+', ['a_b.c-'], ['d', '']],
  ['[^a-c]', ['d', '漢'], ['a', 'b']],
  ['\\d\\w\\s', ['1a ', '0_ '], ['aa ', '1- ']],
  ['[\\d\\-x]', ['7', '-', 'x'], ['y']],
  ['[а-яё]+', ['привёт'], ['a']],
  ['a\\.b\\$\\\\', ['a.b$\\'], ['axb$\\']],
  ['"é🙂/', ['"é🙂/'], ['é']],
];

test.each(patterns)('%s matches the whole of a text', async (pattern, matching, others) => {
  for (const text of matching) {
    const json = JSON.stringify(text);
    expect(spell(await maskOf(pattern), json), json).toEqual({ accepted: json, canEnd: true });
  }
  for (const text of others) {
    const json = JSON.stringify(text);
    const { accepted, canEnd } = spell(await maskOf(pattern), json);
    expect(accepted === json && canEnd, json).toBe(false);
  }
});

test.each(patterns.filter(([pattern]) => !/[*+]|\{\d,\}/.test(pattern)))(
  'what is written by %s is JSON, and matches',
  async (pattern) => {
    for (let seed = 0; seed < 10; seed += 1) {
      let state = seed / 10;
      const random = () => {
        state = (state * 997 + 0.123) % 1;
        return state;
      };
      const mask = await maskOf(pattern);
      const text = JSON.parse(randomAnswer(mask, random) ?? 'null');
      mask.free();
      expect(text).toMatch(new RegExp(`^(?:${pattern})$`, 'u'));
    }
  },
);

test('of 150 patterns whose choices begin alike and part ways later, what is written matches', async () => {
  const part = fc.constantFrom('[ab]', '[bc]', '[a-c]', 'x', 'y', 'b', '(?:a|bc)', 'x?');
  const choice = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  const choices = fc.array(choice, { minLength: 2, maxLength: 4 }).map((list) => `(${list.join('|')})!`);
  const known = ['[1-2][0-9]|[2-9]\\.[0-9]|[2-9]\\.[0-9][0-9]', 'y[abc]xb|y[abc][ab]|x[ab]|xb'];
  for (const pattern of [...known, ...fc.sample(choices, { numRuns: 150, seed: 3 })])
    for (let seed = 0; seed < 8; seed += 1) {
      const mask = await maskOf(pattern);
      const text = JSON.parse(randomAnswer(mask, randomOf(seed * 7919)) ?? 'null');
      mask.free();
      expect(text).toMatch(new RegExp(`^(?:${pattern})$`, 'u'));
    }
});

test.each([
  'a(?=b)',
  '(?<!a)b',
  '(?<name>a)',
  'a$b',
  'a^b',
  '\\ba',
  '(a)\\1',
  '\\p{L}',
  '\\x41',
  '\\n',
  '*a',
  'a**',
  '(a',
  'a)',
  '[a',
  '[]',
  '[z-a]',
  '[ -~]',
  '[\\\\]',
  '["]',
  '[^é]',
  '[a-é]',
  '[一-龥]',
  'a{x}',
  'a{1,99999}',
  'a\\',
])('%s is refused, for it can’t be said in a grammar', (pattern) => {
  expect(() => patternEbnf(pattern, (choices) => choices.join(' | '))).toThrow(PatternError);
});
