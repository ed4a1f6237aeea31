import type { ChatMessage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { type GgufEntry, writeGguf } from './gguf.double.ts';
import { parseGgufHeader } from './gguf-header.ts';
import { packageText } from './package-text.ts';

// A vocabulary that one can count by hand: the letters, three words made of them, and four marks.
// That real ones are counted as llama.cpp counts them is shown in the browser tests.

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const marks = ['<s>', '</s>', '<|user|>', '<|end|>'];
const tokens = [...marks, ...letters, 'Ġ', 'Ċ', 'th', 'the', 'Ġthe', '1', '2'];
const merges = ['t h', 'th e', 'Ġ the'];
const template =
  '{{ bos_token }}{% for message in messages %}<|user|>{{ message.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|user|>{% endif %}';

function text(changes: Readonly<Record<string, GgufEntry | null>> = {}) {
  const entries: Record<string, GgufEntry | null> = {
    model: ['tokenizer.ggml.model', 'gpt2'],
    pre: ['tokenizer.ggml.pre', 'smollm'],
    tokens: ['tokenizer.ggml.tokens', tokens],
    types: ['tokenizer.ggml.token_type', tokens.map((_, id) => (id < marks.length ? 3 : 1)), 'i32'],
    merges: ['tokenizer.ggml.merges', merges],
    bos: ['tokenizer.ggml.bos_token_id', 0, 'u32'],
    eos: ['tokenizer.ggml.eos_token_id', 1, 'u32'],
    template: ['tokenizer.chat_template', template],
    ...changes,
  };
  const header = parseGgufHeader(writeGguf(Object.values(entries).filter((entry) => entry !== null)).buffer);
  if (!header) throw new Error('The header is whole.');
  return packageText(header);
}

const user = (content: string): readonly ChatMessage[] => [{ role: 'user', content }];
/** The marks of the template around one message: begin, user, end, user. */
const around = 4;

test.each([
  ['', 0],
  ['abc', 3],
  ['the', 1],
  ['the the', 2],
  ['a\nthe', 3],
  ['12', 2],
])('%j takes %i tokens beside those of the template', (content, count) => {
  expect(text().countTokens(user(content))).toBe(around + count);
});

test('counts every message', () => {
  expect(text().countTokens([...user('a'), ...user('the')])).toBe(around + 1 + 2 + 1);
});

test('a mark in what somebody wrote is one token, as for llama.cpp', () => {
  expect(text().countTokens(user('a<|end|>b'))).toBe(around + 3);
});

test('the begin token is counted once, whether the template writes it or llama.cpp adds it', () => {
  const addsBos: GgufEntry = ['tokenizer.ggml.add_bos_token', true];
  expect(text({ addsBos }).countTokens(user('a'))).toBe(around + 1);
  const silent: GgufEntry = ['tokenizer.chat_template', template.replace('{{ bos_token }}', '')];
  expect(text({ addsBos, template: silent }).countTokens(user('a'))).toBe(around + 1);
  expect(text({ template: silent }).countTokens(user('a'))).toBe(around);
});

test.each([
  ['a tokenizer of another kind', { model: ['tokenizer.ggml.model', 'llama'] }],
  ['an unknown way of cutting', { pre: ['tokenizer.ggml.pre', 'mystery'] }],
  ['no way of cutting', { pre: null }],
  ['no template', { template: null }],
  ['no merges', { merges: null }],
  ['an end token after every text', { eosAdded: ['tokenizer.ggml.add_eos_token', true] }],
] as const)('%s cannot be counted exactly, and that is what is said', (_, changes) => {
  expect(() => text(changes)).toThrow(
    expect.objectContaining({ code: 'capability.unsupported', advice: expect.stringContaining('upper bound') }),
  );
});

test('messages that the template refuses cannot be counted, and are not quoted', () => {
  const strict: GgufEntry = ['tokenizer.chat_template', "{{ raise_exception('not: ' + messages[0].content) }}"];
  expect(() => text({ template: strict }).countTokens(user('secret'))).toThrow(
    expect.objectContaining({ code: 'capability.unsupported', message: expect.not.stringContaining('secret') }),
  );
});

test('messages with more than text cannot be counted', () => {
  const image = { type: 'image_url', image_url: { url: 'data:' } } as const;
  expect(() => text().countTokens([{ role: 'user', content: [image] }])).toThrow(
    expect.objectContaining({ code: 'capability.unsupported' }),
  );
});

test('messages that are none are a bad request, not something that cannot be counted', () => {
  expect(() => text().countTokens([])).toThrow(expect.objectContaining({ code: 'protocol.bad-request' }));
});
