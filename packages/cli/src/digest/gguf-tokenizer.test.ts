import { expect, test } from 'vitest';
import type { GgufMetadata } from '../model/gguf/gguf-metadata.ts';
import { parseGguf } from '../model/gguf/parse-gguf.ts';
import { type TinyGguf, tinyGguf } from '../model/gguf/tiny-gguf.double.ts';
import { tokenizerDigest } from './canonical-tokenizer.ts';
import { ggufTokenizer } from './gguf-tokenizer.ts';

const read = (metadata: TinyGguf['metadata'] = {}): GgufMetadata => parseGguf(tinyGguf({ metadata })).metadata;

function digest(metadata: TinyGguf['metadata'] = {}): string | undefined {
  const tokenizer = ggufTokenizer(read(metadata));
  return tokenizer && tokenizerDigest(tokenizer);
}

test('tokens, merges and which are special are read', () => {
  const tokenizer = ggufTokenizer(read());
  expect([...(tokenizer?.tokens ?? [])]).toEqual(['<s>', '</s>', 'Ġ', 'a', 'b', 'Ġa', 'Ã±']);
  expect([...(tokenizer?.merges ?? [])]).toEqual([
    ['Ġ', 'a'],
    ['Ã', '±'],
  ]);
  expect(tokenizer?.special).toEqual(new Set([0, 1]));
  expect(tokenizer?.preTokenizer).toBe('smollm');
});

test('a name for the same way of cutting text gives the same digest', () => {
  expect(digest({ 'tokenizer.ggml.pre': { text: 'starcoder' } })).toBe(digest());
  expect(digest({ 'tokenizer.ggml.pre': { text: 'gpt-2' } })).not.toBe(digest());
});

test('the roles of tokens, and names of the model, do not count', () => {
  expect(digest({ 'tokenizer.ggml.bos_token_id': { u32: 1 } })).toBe(digest());
  expect(digest({ 'general.name': { text: 'other' } })).toBe(digest());
});

test('tokens that fill up the vocabulary do not count', () => {
  const texts = ['<s>', '</s>', 'Ġ', 'a', 'b', 'Ġa', 'Ã±', '[PAD7]', '[PAD8]'];
  const padded = {
    'tokenizer.ggml.tokens': { texts },
    'tokenizer.ggml.token_type': { i32s: [3, 3, 1, 1, 1, 1, 1, 5, 5] },
  };
  expect(digest(padded)).toBe(digest());
});

test('tokens that a user defined stand for themselves, as control tokens do', () => {
  const types = (second: number) => ({ 'tokenizer.ggml.token_type': { i32s: [3, second, 1, 1, 1, 1, 1] } });
  expect(digest(types(4))).toBe(digest());
  expect(digest(types(1))).not.toBe(digest());
});

test('other kinds of tokenizers have no digest rather than a wrong one', () => {
  expect(digest({ 'tokenizer.ggml.model': { text: 'llama' } })).toBeUndefined();
  expect(digest({ 'tokenizer.ggml.pre': { text: '' } })).toBeUndefined();
  for (const merge of ['Ġa', 'Ġ a b', ' a', 'a ', ''])
    expect(digest({ 'tokenizer.ggml.merges': { texts: ['Ġ a', merge] } }), merge).toBeUndefined();
  expect(ggufTokenizer({})).toBeUndefined();
});
