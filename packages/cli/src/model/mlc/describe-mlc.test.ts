import { expect, test } from 'vitest';
import { memorySource } from '../../files/memory-source.double.ts';
import { folderDigests } from '../folder-digests.ts';
import { describeMlc } from './describe-mlc.ts';
import { tinyMlc } from './tiny-mlc.double.ts';

const describe = (files: Record<string, string>) => describeMlc(memorySource(files));
const without = (name: string) => Object.fromEntries(Object.entries(tinyMlc()).filter(([path]) => path !== name));

test('configuration, shards, tokenizer and library make a package', async () => {
  const described = await describe(tinyMlc({ 'tiny-webgpu.wasm': '\0asm a library' }));
  expect(described.files.map(({ path }) => path)).toEqual([
    'mlc-chat-config.json',
    'tensor-cache.json',
    'params_shard_0.bin',
    'params_shard_1.bin',
    'tokenizer.json',
    'tokenizer_config.json',
    'vocab.txt',
    'tiny-webgpu.wasm',
  ]);
  expect(described).toMatchObject({
    engine: 'webllm',
    maxContextLength: 512,
    // 2 layers × 2 KV heads × 16 wide × keys and values × 2 bytes
    memory: { weights: 11, kvPerToken: 2 * 2 * 16 * 2 * 2 },
    requires: { features: ['shader-f16'] },
  });
});

test('the chat template goes along, and its digest is that of the one that prompts are written by', async () => {
  const own = await describe(tinyMlc({ 'chat_template.jinja': '{{ own }}' }));
  expect(own.files.map(({ path }) => path)).toContain('chat_template.jinja');
  const { chatTemplateDigest: ofConfig } = await describe(tinyMlc());
  const { chatTemplateDigest: ofFile } = own;
  expect(ofFile).toMatch(/^[0-9a-f]{64}$/);
  expect(ofFile).not.toBe(ofConfig);
  expect(await describe(tinyMlc({ 'tokenizer_config.json': '{"chat_template": "{{ own }}"}' }))).toMatchObject({
    chatTemplateDigest: ofFile,
  });
});

test('where only conv_template says how prompts are written, no digest says so', async () => {
  expect(await describe(without('tokenizer_config.json'))).not.toHaveProperty('chatTemplateDigest');
});

test('the tokenizer has the digest that it has in a package for another engine', async () => {
  const tokenizer = {
    model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] },
    added_tokens: [{ id: 3, content: '<e>', special: true }],
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    decoder: { type: 'ByteLevel' },
  };
  const files = { 'tokenizer.json': JSON.stringify(tokenizer) };
  const { tokenizerDigest } = await describe(tinyMlc(files));
  expect(tokenizerDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(tokenizerDigest).toBe((await folderDigests(memorySource(files), {})).tokenizerDigest);
});

test('a model that computes in 32 bits needs no feature and more cache', async () => {
  const config = JSON.parse(tinyMlc()['mlc-chat-config.json'] ?? '');
  const wide = JSON.stringify({ ...config, quantization: 'q4f32_1' });
  const described = await describe(tinyMlc({ 'mlc-chat-config.json': wide }));
  expect(described.memory.kvPerToken).toBe(2 * 2 * 16 * 2 * 4);
  expect(described).not.toHaveProperty('requires');
});

test('a long prefill takes more scratch', async () => {
  const config = JSON.parse(tinyMlc()['mlc-chat-config.json'] ?? '');
  const long = JSON.stringify({ ...config, prefill_chunk_size: 100_000 });
  const { memory } = await describe(tinyMlc({ 'mlc-chat-config.json': long }));
  expect(memory.scratch).toBe(100_000 * (6 * 64 + 3 * 128) * 4);
});

test('logits are counted for one token: prefill gives those of the last one only', async () => {
  const config = JSON.parse(tinyMlc()['mlc-chat-config.json'] ?? '');
  const large = JSON.stringify({ ...config, prefill_chunk_size: 100_000, vocab_size: 150_000 });
  const { memory } = await describe(tinyMlc({ 'mlc-chat-config.json': large }));
  expect(memory.scratch).toBe((100_000 * (6 * 64 + 3 * 128) + 150_000) * 4);
});

test.each(['<!doctype html>', '', '\0as'])('a library that is %j is refused', async (content) => {
  await expect(describe(tinyMlc({ 'tiny.wasm': content }))).rejects.toThrow('tiny.wasm is no WebAssembly');
});

test('what is told elsewhere of the context goes before what the folder says, or does not say', async () => {
  const config = JSON.parse(tinyMlc()['mlc-chat-config.json'] ?? '');
  const silent = JSON.stringify({ ...config, context_window_size: undefined });
  const source = memorySource(tinyMlc({ 'mlc-chat-config.json': silent }));
  expect((await describeMlc(source, { contextLength: 99 })).maxContextLength).toBe(99);
  expect((await describeMlc(memorySource(tinyMlc()), { contextLength: 99 })).maxContextLength).toBe(99);
});

test.each(['mlc-chat-config.json', 'tensor-cache.json', 'params_shard_1.bin', 'tokenizer.json'])(
  '%s missing is told',
  async (name) => {
    await expect(describe(without(name))).rejects.toThrow(`the source holds no ${name}`);
  },
);

test('a shard that is cut off is told before anything is packed', async () => {
  await expect(describe(tinyMlc({ 'params_shard_0.bin': 'weight' }))).rejects.toThrow(
    'params_shard_0.bin in the source has other than the 7 bytes',
  );
});

test.each([
  ['{}', 'names no file of tensors'],
  ['{"records":[{"nbytes":1}]}', 'is not as WebLLM reads it'],
  ['{"records":[{"dataPath":"../up","nbytes":1}]}', 'is not as WebLLM reads it'],
  ['{', 'not valid JSON'],
])('a tensor cache %s is refused', async (cache, why) => {
  await expect(describe(tinyMlc({ 'tensor-cache.json': cache }))).rejects.toThrow(why);
});

test('a configuration that says too little is refused, naming what is missing', async () => {
  await expect(describe(tinyMlc({ 'mlc-chat-config.json': '{}' }))).rejects.toThrow('context_window_size');
  const config = '{"context_window_size":8}';
  await expect(describe(tinyMlc({ 'mlc-chat-config.json': config }))).rejects.toThrow('the number of layers');
});
