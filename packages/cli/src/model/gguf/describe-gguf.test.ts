import { expect, test } from 'vitest';
import { memorySource } from '../../files/memory-source.double.ts';
import { describeGguf } from './describe-gguf.ts';
import { parseSplitName } from './split-name.ts';
import { tinyGguf } from './tiny-gguf.double.ts';

const file = tinyGguf({ metadata: { 'general.license': { text: 'apache-2.0' } } });
const describe = (files: Record<string, Uint8Array>, choose?: string[]) =>
  describeGguf(memorySource(files), choose ? { choose } : {});

test('a GGUF says what its package needs', async () => {
  expect(await describe({ 'tiny.gguf': file })).toEqual({
    engine: 'llamacpp',
    files: [{ from: 'tiny.gguf', path: 'tiny.gguf', tensorOffset: file.length - 1_000 }],
    maxContextLength: 128,
    // 2 layers × 2 KV heads × 16 wide × keys and values × 2 bytes
    memory: { weights: file.length, kvPerToken: 2 * 2 * 16 * 2 * 2, scratch: 16 * 1024 * 1024 },
    license: 'apache-2.0',
    tokenizerDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    chatTemplateDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('what a file does not say of tokenizer, template and license is left out', async () => {
  const bare = tinyGguf({
    metadata: { 'tokenizer.ggml.model': { text: 'llama' }, 'tokenizer.chat_template': { text: '' } },
  });
  const described = await describe({ 'bare.gguf': bare });
  expect(described).not.toHaveProperty('tokenizerDigest');
  expect(described).not.toHaveProperty('chatTemplateDigest');
  expect(described).not.toHaveProperty('license');
});

test('logits of every token of a batch are counted', async () => {
  const texts = Array.from({ length: 20_000 }, (_, id) => `t${id}`);
  const many = tinyGguf({ metadata: { 'tokenizer.ggml.tokens': { texts }, 'tokenizer.ggml.merges': { texts: [] } } });
  expect((await describe({ 'a.gguf': many })).memory.scratch).toBe(256 * (6 * 64 + 3 * 128 + 20_000) * 4);
});

test('heads of another width, and layers that differ, are counted', async () => {
  const wide = tinyGguf({
    metadata: { 'llama.attention.key_length': { u32: 32 }, 'llama.attention.value_length': { u32: 8 } },
  });
  expect((await describe({ 'a.gguf': wide })).memory.kvPerToken).toBe(2 * 2 * (32 + 8) * 2);
  const differing = tinyGguf({ metadata: { 'llama.attention.head_count_kv': { i32s: [2, 0] } } });
  expect((await describe({ 'a.gguf': differing })).memory.kvPerToken).toBe(2 * (16 + 16) * 2);
});

test('all parts of a split file go into the package, each with its own tensors', async () => {
  const second = tinyGguf({ metadata: {}, tensorBytes: 77 });
  const described = await describe({ 'm-00002-of-00002.gguf': second, 'm-00001-of-00002.gguf': file });
  expect(described.files).toEqual([
    { from: 'm-00001-of-00002.gguf', path: 'm-00001-of-00002.gguf', tensorOffset: file.length - 1_000 },
    { from: 'm-00002-of-00002.gguf', path: 'm-00002-of-00002.gguf', tensorOffset: second.length - 77 },
  ]);
  expect(described.memory.weights).toBe(file.length + second.length);
});

test('a missing part is told before anything is packed', async () => {
  await expect(describe({ 'm-00001-of-00003.gguf': file, 'm-00003-of-00003.gguf': file })).rejects.toThrow(
    "2 of the model's 3 parts",
  );
});

test('of several models one has to be named, by its name or its path', async () => {
  const files = { 'a.gguf': file, 'deep/b.gguf': file };
  await expect(describe(files)).rejects.toThrow('several models: say which one by --file.\n  a.gguf\n  deep/b.gguf');
  expect((await describe(files, ['b.gguf'])).files).toMatchObject([{ from: 'deep/b.gguf', path: 'b.gguf' }]);
  expect((await describe(files, ['deep/b.gguf'])).files).toMatchObject([{ path: 'b.gguf' }]);
  await expect(describe(files, ['c.gguf'])).rejects.toThrow('holds no model file c.gguf');
});

test('one part of a split file names all of them', async () => {
  const files = { 'm-00001-of-00002.gguf': file, 'm-00002-of-00002.gguf': file, 'other.gguf': file };
  expect((await describe(files, ['m-00002-of-00002.gguf'])).files).toHaveLength(2);
});

test('a file without tensors, cut off, or without what a package needs is refused, naming it', async () => {
  await expect(describe({ 'readme.md': file })).rejects.toThrow('holds no GGUF file');
  await expect(describe({ 'a.gguf': file.subarray(0, file.length - 1_000) })).rejects.toThrow('cut off');
  const other = tinyGguf({ metadata: { 'general.architecture': { text: 'other' } } });
  await expect(describe({ 'a.gguf': other })).rejects.toThrow('other.');
});

test('an abort is an abort', async () => {
  const options = { signal: AbortSignal.abort() };
  await expect(describeGguf(memorySource({ 'a.gguf': file }), options)).rejects.toMatchObject({ name: 'AbortError' });
});

test('names of split files are taken apart', () => {
  expect(parseSplitName('Big.Q4-00002-of-00013.gguf')).toEqual({ model: 'Big.Q4 of 13', part: 2, parts: 13 });
  for (const name of ['a.gguf', 'a-1-of-2.gguf', '-00001-of-00002.gguf', 'a-00001-of-00002.bin'])
    expect(parseSplitName(name)).toBeUndefined();
});
