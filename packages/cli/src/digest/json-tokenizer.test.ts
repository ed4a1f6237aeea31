import { expect, test } from 'vitest';
import { tokenizerDigest } from './canonical-tokenizer.ts';
import { jsonTokenizer } from './json-tokenizer.ts';

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const tokenizer = {
  added_tokens: [
    { id: 0, content: '<s>', special: true },
    { id: 3, content: '<tool>', special: false },
  ],
  normalizer: null,
  pre_tokenizer: byteLevel,
  model: { type: 'BPE', vocab: { '<s>': 0, Ġ: 1, a: 2 }, merges: [['Ġ', 'a']], byte_fallback: false },
};

function digest(change: object = {}): string | undefined {
  const read = jsonTokenizer({ ...tokenizer, ...change });
  return read && tokenizerDigest(read);
}

test('the vocabulary is put in the order of its ids, with the tokens that were added', () => {
  const read = jsonTokenizer(tokenizer);
  expect([...(read?.tokens ?? [])]).toEqual(['<s>', 'Ġ', 'a', '<tool>']);
  expect([...(read?.merges ?? [])]).toEqual([['Ġ', 'a']]);
  expect(read?.special).toEqual(new Set([0, 3]));
  expect(read?.preTokenizer).toBe('gpt-2');
});

test('merges are the same as texts and as pairs, the vocabulary in any order', () => {
  const model = { ...tokenizer.model, merges: ['Ġ a'], vocab: { a: 2, Ġ: 1, '<s>': 0 } };
  expect(digest({ model })).toBe(digest());
});

test("Llama 3's way of cutting goes with tokens that go before merges, as llama.cpp takes it for granted", () => {
  const Regex =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  const split = { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false };
  const pre_tokenizer = { type: 'Sequence', pretokenizers: [split, { ...byteLevel, use_regex: false }] };
  const read = (ignore_merges: boolean) =>
    jsonTokenizer({ ...tokenizer, pre_tokenizer, model: { ...tokenizer.model, ignore_merges } });
  expect(read(true)?.preTokenizer).toBe('llama-bpe');
  expect(read(false)).toBeUndefined();
});

test('ids that are left out are told as such', () => {
  const added = [...tokenizer.added_tokens, { id: 6, content: '<last>', special: true }];
  expect([...(jsonTokenizer({ ...tokenizer, added_tokens: added })?.tokens ?? [])]).toEqual([
    '<s>',
    'Ġ',
    'a',
    '<tool>',
    null,
    null,
    '<last>',
  ]);
});

test.each<[string, unknown]>([
  ['another kind of model', { ...tokenizer, model: { type: 'Unigram', vocab: [] } }],
  ['a fallback to bytes', { ...tokenizer, model: { ...tokenizer.model, byte_fallback: true } }],
  ['a pre-tokenizer without a name', { ...tokenizer, pre_tokenizer: { type: 'Whitespace' } }],
  ['a normalizer', { ...tokenizer, normalizer: { type: 'Lowercase' } }],
  ['a normalizer that composes characters', { ...tokenizer, normalizer: { type: 'NFC' } }],
  ['tokens that go before merges', { ...tokenizer, model: { ...tokenizer.model, ignore_merges: true } }],
  ['a prefix within words', { ...tokenizer, model: { ...tokenizer.model, continuing_subword_prefix: '##' } }],
  ['a suffix of words', { ...tokenizer, model: { ...tokenizer.model, end_of_word_suffix: '</w>' } }],
  ['a merge of one token', { ...tokenizer, model: { ...tokenizer.model, merges: ['Ġ a', 'Ġa'] } }],
  ['a merge of three tokens', { ...tokenizer, model: { ...tokenizer.model, merges: ['Ġ a b'] } }],
  ['a merge with nothing', { ...tokenizer, model: { ...tokenizer.model, merges: [['Ġ', '']] } }],
  ['a merge with nothing as text', { ...tokenizer, model: { ...tokenizer.model, merges: ['Ġ '] } }],
  ['merges of another form', { ...tokenizer, model: { ...tokenizer.model, merges: [['a']] } }],
  ['no merges', { ...tokenizer, model: { ...tokenizer.model, merges: undefined } }],
  ['no vocabulary', { ...tokenizer, added_tokens: [], model: { ...tokenizer.model, vocab: {} } }],
  ['no JSON object', 'tokenizer'],
  ['nothing', undefined],
])('%s has no digest rather than a wrong one', (_, json) => {
  expect(jsonTokenizer(json)).toBeUndefined();
});

test('an id that would take all memory is passed over', () => {
  const model = { ...tokenizer.model, vocab: { ...tokenizer.model.vocab, huge: 2 ** 40, minus: -1, half: 0.5 } };
  expect(digest({ model })).toBe(digest());
});
