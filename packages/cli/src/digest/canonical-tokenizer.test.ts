import { expect, test } from 'vitest';
import { type ByteLevelTokenizer, tokenizerDigest } from './canonical-tokenizer.ts';

const tokenizer: ByteLevelTokenizer = {
  tokens: ['<s>', 'Ġa', 'Ã±'],
  merges: [
    ['Ġ', 'a'],
    ['Ã', '±'],
  ],
  special: new Set([0]),
  preTokenizer: 'smollm',
};

const digest = (change: Partial<ByteLevelTokenizer> = {}) => tokenizerDigest({ ...tokenizer, ...change });

test('the digest is what it was: relays and manifests hold it', () => {
  expect(digest()).toBe('0baecc849e14a632b512caffe35b4f67a86c1675afbdd56e638450ac2883dee5');
});

test.each<[string, Partial<ByteLevelTokenizer>]>([
  ['a token', { tokens: ['<s>', 'Ġb', 'Ã±'] }],
  ['the order of tokens', { tokens: ['<s>', 'Ã±', 'Ġa'] }],
  ['one more token', { tokens: ['<s>', 'Ġa', 'Ã±', 'b'] }],
  ['the order of merges', { merges: [...tokenizer.merges].reverse() }],
  ['where a merge is cut', { merges: [['Ġa', ''], ...[...tokenizer.merges].slice(1)] }],
  ['one merge less', { merges: [...tokenizer.merges].slice(1) }],
  ['which are special', { special: new Set([0, 1]) }],
  ['the pre-tokenizer', { preTokenizer: 'gpt-2' }],
  ['an id that no text becomes', { tokens: ['<s>', null, 'Ġa', 'Ã±'] }],
])('%s changes the digest', (_, change) => {
  expect(digest(change)).not.toBe(digest());
});

test('ids at the end that no text becomes do not count', () => {
  expect(digest({ tokens: ['<s>', 'Ġa', 'Ã±', null, null] })).toBe(digest());
});

test('a special token is its text, an ordinary one its bytes', () => {
  const [asText, asBytes] = [new Set([0]), new Set<number>()];
  expect(digest({ tokens: ['Ġ'], special: asText })).not.toBe(digest({ tokens: ['Ġ'], special: asBytes }));
  // "漢" stands for no bytes: it can only be its own text, special or not.
  expect(digest({ tokens: ['漢'], special: asBytes })).not.toBe(digest({ tokens: ['字'], special: asBytes }));
});

test('tokens cannot run into each other', () => {
  const none = { merges: [], special: new Set<number>() };
  expect(digest({ tokens: ['ab', 'c'], ...none })).not.toBe(digest({ tokens: ['a', 'bc'], ...none }));
});

test('more than fits into one piece is hashed whole', () => {
  const many = Array.from({ length: 30_000 }, (_, id) => `token${id}`);
  const other = many.with(0, 'tokenX');
  expect(digest({ tokens: many })).toBe(digest({ tokens: [...many] }));
  expect(digest({ tokens: many })).not.toBe(digest({ tokens: other }));
  expect(digest({ tokens: many })).not.toBe(digest({ tokens: many.with(29_999, 'tokenX') }));
});

test('a token longer than any text is refused', () => {
  expect(() => digest({ tokens: ['x'.repeat(70_000)] })).toThrow('longer than any text');
});
