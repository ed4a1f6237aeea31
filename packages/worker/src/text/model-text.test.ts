import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ModelText, modelTextOf } from './model-text.ts';
import { byteLevelFiles, plainTemplate, sentencePieceFiles } from './tokenizer-files.double.ts';

const byteLevel = modelTextOf(byteLevelFiles());
const sentencePiece = modelTextOf(sentencePieceFiles());
const user = (content: string) => ({ messages: [{ role: 'user' as const, content }] });

function bytesOf(text: ModelText, ids: readonly number[]): Uint8Array {
  return Uint8Array.from(ids.flatMap((id) => [...text.tokenBytes(id)]));
}

const utf8 = (text: string) => new TextEncoder().encode(text);

test('the bytes of a text’s tokens are those of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (written) => {
      expect(bytesOf(byteLevel, byteLevel.encode(written))).toEqual(utf8(written));
    }),
  );
});

test('a character may be cut over several tokens', () => {
  const ids = byteLevel.encode('漢');
  expect(ids.map((id) => byteLevel.tokenBytes(id).length)).toEqual([1, 1, 1]);
});

test('merged words are one token', () => {
  expect(byteLevel.encode('the the')).toHaveLength(2);
  expect(bytesOf(byteLevel, byteLevel.encode(' the'))).toEqual(utf8(' the'));
});

test('special tokens in a text are recognised, and none is added', () => {
  expect(byteLevel.encode('<s>a<|im_end|>')).toEqual([0, byteLevel.encode('a')[0], 3]);
  expect(byteLevel.encode('')).toEqual([]);
  expect(bytesOf(byteLevel, [0])).toEqual(utf8('<s>'));
});

test('tells which tokens steer, and which of them ends an answer', () => {
  expect([...byteLevel.specialTokenIds]).toEqual(expect.arrayContaining([0, 1, 2, 3]));
  expect(byteLevel.specialTokenIds.has(4)).toBe(false);
  expect(byteLevel.endTokenId).toBe(3);
  expect(byteLevel.vocabularySize).toBe(5 + 256 + 3);
  expect(sentencePiece.endTokenId).toBe(2);
  expect(modelTextOf({ ...byteLevelFiles(), tokenizerConfig: {} }).endTokenId).toBeNull();
});

test('an id behind the vocabulary stands for nothing', () => {
  expect(byteLevel.tokenBytes(byteLevel.vocabularySize + 5)).toHaveLength(0);
});

test('a SentencePiece vocabulary writes spaces, and bytes for what it has no token for', () => {
  expect(sentencePiece.encode('ab a')).toEqual([264, 262]);
  expect(bytesOf(sentencePiece, sentencePiece.encode('ab a'))).toEqual(utf8(' ab a'));
  expect(bytesOf(sentencePiece, sentencePiece.encode('漢'))).toEqual(utf8(' 漢'));
});

test('renders messages up to where the answer begins', () => {
  expect(byteLevel.renderChat(user('hi'))).toBe('<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n');
});

test('a template of its own goes before the one in the configuration, and knows begin and end', () => {
  const text = modelTextOf({
    ...byteLevelFiles(),
    chatTemplate: '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}',
  });
  expect(text.renderChat(user('hi'))).toBe('<s>hi<|im_end|>');
});

test('of several templates, the one for tools is used where there are tools', () => {
  const chat_template = [
    { name: 'default', template: 'plain' },
    { name: 'tool_use', template: '{{ tools[0].function.name }}<tool_call>' },
  ];
  const text = modelTextOf({ ...byteLevelFiles(), tokenizerConfig: { chat_template } });
  const tools = [{ type: 'function' as const, function: { name: 'f' } }];
  expect(text.renderChat(user('hi'))).toBe('plain');
  expect(text.renderChat({ ...user('hi'), tools })).toBe('f<tool_call>');
  expect(text.toolFormat).toBe('hermes');
});

test('a model without a template has a vocabulary, but takes no messages', () => {
  expect(sentencePiece.encode('a')).toEqual([262]);
  expect(() => sentencePiece.renderChat(user('hi'))).toThrow(
    expect.objectContaining({ code: 'capability.unsupported', message: expect.stringContaining('no chat template') }),
  );
});

test.each([
  ['no object', null],
  ['no model', { added_tokens: [] }],
  ['an unknown model', { decoder: { type: 'ByteLevel' }, model: { type: 'Mystery', vocab: {} } }],
])('a tokenizer.json with %s cannot be read', (_, tokenizer) => {
  expect(() => modelTextOf({ tokenizer, tokenizerConfig: {} })).toThrow(
    expect.objectContaining({ code: 'engine.load-failed', advice: expect.any(String) }),
  );
});

test('a vocabulary that is written in another way is refused, not written wrongly', () => {
  const { tokenizer } = byteLevelFiles();
  expect(() =>
    modelTextOf({ tokenizer: { ...tokenizer, decoder: { type: 'WordPiece' } }, tokenizerConfig: {} }),
  ).toThrow(expect.objectContaining({ code: 'capability.unsupported' }));
});

test('a template that is none is told when the model is opened', () => {
  expect(() => modelTextOf({ ...byteLevelFiles(), chatTemplate: '{% for %}' })).toThrow(
    expect.objectContaining({ code: 'engine.load-failed', message: expect.stringContaining('template') }),
  );
});

test('a template that refuses the messages says nothing of what they hold', () => {
  const text = modelTextOf({
    ...byteLevelFiles(),
    chatTemplate: "{{ raise_exception('not ' + messages[0].content) }}",
  });
  expect(() => text.renderChat(user('secret'))).toThrow(
    expect.objectContaining({ code: 'capability.unsupported', message: expect.not.stringContaining('secret') }),
  );
  expect(plainTemplate).not.toContain('tools');
});
