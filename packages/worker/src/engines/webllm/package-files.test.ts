import { expect, test } from 'vitest';
import { byteLevelFiles } from '../../text/tokenizer-files.double.ts';
import { readPackage } from './package-files.ts';

const { tokenizer, tokenizerConfig } = byteLevelFiles();
const conversation = { roles: { user: 'U', assistant: 'A' }, seps: ['\n'], stop_token_ids: [9], stop_str: ['END'] };
const config = { conv_template: { ...conversation, system_prefix_token_ids: [0] }, prefill_chunk_size: 64 };

function packageOf(contents: Readonly<Record<string, unknown>>) {
  const files = Object.entries(contents).map(([path, json]) => [path, new Blob([JSON.stringify(json)])] as const);
  const manifest = { files: files.map(([path, { size }]) => ({ path, bytes: size, sha256: '' })) };
  return readPackage(manifest, new Map(files));
}
const whole = {
  'mlc-chat-config.json': config,
  'tokenizer.json': tokenizer,
  'tokenizer_config.json': tokenizerConfig,
  'model-webgpu.wasm': '',
};
const { 'tokenizer_config.json': _, ...withoutTokenizerConfig } = whole;
const messages = [{ role: 'user' as const, content: 'hi' }];

test("reads the library's name, what ends an answer, and the chunk that it computes at once", async () => {
  const read = await packageOf(whole);
  expect(read).toMatchObject({ library: 'model-webgpu.wasm', prefillChunk: 64 });
  // `<|im_end|>` is the tokenizer's, 9 the conversation's.
  expect([...read.endTokenIds].toSorted()).toEqual([3, 9]);
  expect(read.conversation.stopTexts).toEqual(['END']);
});

test("the prompt is that of the model's own chat template where it has one", async () => {
  const { text, conversation } = await packageOf(whole);
  expect(text.renderChat({ messages })).toBe('<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n');
  expect(conversation.prefixTokenIds).toEqual([]);
});

test('without one it is that of conv_template, with the tokens before it', async () => {
  const { text, conversation } = await packageOf(withoutTokenizerConfig);
  expect(text.renderChat({ messages })).toBe('U: hi\nA: ');
  expect(conversation.prefixTokenIds).toEqual([0]);
});

test('a chunk that is not told is the usual one', async () => {
  expect(await packageOf({ ...whole, 'mlc-chat-config.json': {} })).toMatchObject({ prefillChunk: 512 });
});

test.each([
  ['a library', 'model-webgpu.wasm', 'no model library'],
  ['the configuration', 'mlc-chat-config.json', 'no mlc-chat-config.json'],
  ['the vocabulary', 'tokenizer.json', 'no tokenizer.json'],
])('a package without %s is refused', async (_what, path, message) => {
  const contents = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== path));
  await expect(packageOf(contents)).rejects.toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringContaining(message),
  });
});

test('a package with two libraries, or with a configuration that is no JSON object, is refused', async () => {
  await expect(packageOf({ ...whole, 'other.wasm': '' })).rejects.toThrow('more than one');
  await expect(packageOf({ ...whole, 'mlc-chat-config.json': [] })).rejects.toThrow('is no JSON');
});
