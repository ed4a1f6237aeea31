import { expect, test } from 'vitest';
import { preTokenizerName, preTokenizerNameOf } from './pre-tokenizer-names.ts';

const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const bytesAndWords = { ...bytes, use_regex: true };
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });

/** As they stand in the `tokenizer.json` of Llama 3 and Qwen 2. */
const llama3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const qwen2 = llama3.replace('{1,3}', '');

test.each<[string, unknown, unknown]>([
  ['gpt-2', bytesAndWords, null],
  ['gpt-2', { type: 'ByteLevel', add_prefix_space: false }, undefined],
  ['smollm', sequence({ type: 'Digits', individual_digits: true }, bytesAndWords), null],
  ['smollm', sequence(split('\\p{N}'), bytesAndWords), null],
  ['llama-bpe', sequence(split(llama3), bytes), null],
  ['llama-bpe', sequence(sequence(split(llama3)), bytes), null],
  ['qwen2', sequence(split(qwen2), bytes), null],
])('%s is known by its steps', (name, preTokenizer, normalizer) => {
  expect(preTokenizerNameOf(preTokenizer, normalizer)).toBe(name);
});

test.each<[string, unknown, unknown]>([
  ['a blank put before the text', { ...bytesAndWords, add_prefix_space: true }, null],
  ['digits that stay together', sequence({ type: 'Digits', individual_digits: false }, bytesAndWords), null],
  ['an expression that nobody has named', sequence(split('x'), bytes), null],
  ['an expression used the other way', sequence({ ...split(llama3), invert: true }, bytes), null],
  ['pieces that are thrown away', sequence({ ...split(llama3), behavior: 'Removed' }, bytes), null],
  ['steps in another order', sequence(bytesAndWords, { type: 'Digits', individual_digits: true }), null],
  ['a text that is changed first', bytesAndWords, { type: 'NFC' }],
  ['nothing', null, null],
])('%s has no name', (_, preTokenizer, normalizer) => {
  expect(preTokenizerNameOf(preTokenizer, normalizer)).toBeUndefined();
});

test('names for the same way are one name, others stay', () => {
  expect(preTokenizerName('llama-v3')).toBe('llama-bpe');
  expect(preTokenizerName('starcoder')).toBe('smollm');
  expect(preTokenizerName('tekken')).toBe('tekken');
});
