import { expect, test } from 'vitest';
import { decodeByteLevel } from './byte-level.ts';
import { chatTemplateDigest, tokenizerDigest } from './canonical-digests.ts';

const metadata = {
  'tokenizer.ggml.model': 'gpt2',
  'tokenizer.ggml.pre': 'smollm',
  'tokenizer.ggml.tokens': ['<s>', 'Ġa', 'Ã±'],
  'tokenizer.ggml.token_type': [3, 1, 1],
  'tokenizer.ggml.merges': ['Ġ a', 'Ã ±'],
  'tokenizer.ggml.bos_token_id': 0,
};

test('bytes are read back from the letters that stand for them', () => {
  expect(decodeByteLevel('Ġa')).toEqual(Buffer.from(' a'));
  expect(decodeByteLevel('Ã±')).toEqual(Buffer.from('ñ'));
  expect(decodeByteLevel('Ċ')).toEqual(Buffer.from('\n'));
  expect(decodeByteLevel('漢')).toBeUndefined();
});

test('every byte has a letter of its own', () => {
  const letters = Array.from({ length: 0x180 }, (_, code) => String.fromCodePoint(code));
  const bytes = letters.flatMap((letter) => [...(decodeByteLevel(letter) ?? [])]);
  expect(bytes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
});

test('a tokenizer has the same digest however its header is ordered, and wherever numbers are kept', () => {
  const reordered = Object.fromEntries(Object.entries(metadata).reverse());
  const wide = { ...metadata, 'tokenizer.ggml.bos_token_id': 0n };
  expect(tokenizerDigest({ metadata })).toMatch(/^[0-9a-f]{64}$/);
  expect(tokenizerDigest({ metadata: reordered })).toBe(tokenizerDigest({ metadata }));
  expect(tokenizerDigest({ metadata: wide })).toBe(tokenizerDigest({ metadata }));
  expect(tokenizerDigest({ metadata: { ...metadata, 'general.name': 'other' } })).toBe(tokenizerDigest({ metadata }));
});

test.each([
  ['a token', { 'tokenizer.ggml.tokens': ['<s>', 'Ġb', 'Ã±'] }],
  ['the order of tokens', { 'tokenizer.ggml.tokens': ['<s>', 'Ã±', 'Ġa'] }],
  ['the order of merges', { 'tokenizer.ggml.merges': ['Ã ±', 'Ġ a'] }],
  ['which are special', { 'tokenizer.ggml.token_type': [3, 3, 1] }],
  ['the role of a token', { 'tokenizer.ggml.bos_token_id': 1 }],
  ['the pre-tokenizer', { 'tokenizer.ggml.pre': 'gpt-2' }],
])('%s changes the digest', (_, change) => {
  expect(tokenizerDigest({ metadata: { ...metadata, ...change } })).not.toBe(tokenizerDigest({ metadata }));
});

test('other kinds of tokenizers have no digest rather than a wrong one', () => {
  expect(tokenizerDigest({ metadata: { ...metadata, 'tokenizer.ggml.model': 'llama' } })).toBeUndefined();
  expect(tokenizerDigest({ metadata: {} })).toBeUndefined();
});

test('line ends and blanks around a template do not count, everything else does', () => {
  const of = (template: string) => chatTemplateDigest({ metadata: { 'tokenizer.chat_template': template } });
  expect(of('{% a %}\r\n{% b %}\n')).toBe(of('{% a %}\n{% b %}'));
  expect(of('{% a %} {% b %}')).not.toBe(of('{% a %}{% b %}'));
  expect(chatTemplateDigest({ metadata: {} })).toBeUndefined();
});
