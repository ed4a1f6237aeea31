import { expect, test } from 'vitest';
import { memorySource } from '../files/memory-source.double.ts';
import { describeModel } from './describe-model.ts';
import { tinyGguf } from './gguf/tiny-gguf.double.ts';
import { tinyMlc } from './mlc/tiny-mlc.double.ts';

const gguf = { 'tiny.gguf': tinyGguf() };

test('the engine is told by the files', async () => {
  expect((await describeModel(memorySource(gguf))).engine).toBe('llamacpp');
  expect((await describeModel(memorySource(tinyMlc()))).engine).toBe('webllm');
});

test('where files are for several engines, one has to be said', async () => {
  const both = memorySource({ ...gguf, ...tinyMlc() });
  await expect(describeModel(both)).rejects.toThrow(
    'models for several engines: llamacpp (a .gguf file), webllm (mlc-chat-config.json). Say which one by --engine.',
  );
  expect((await describeModel(both, { engine: 'webllm' })).engine).toBe('webllm');
  await expect(describeModel(both, { engine: 'onnx' })).rejects.toThrow('holds no ONNX file');
});

test('a source without any model says what would be one', async () => {
  await expect(describeModel(memorySource({ 'README.md': '' }))).rejects.toThrow(
    'no model that an engine can run: none of a .gguf file, mlc-chat-config.json, a .onnx file',
  );
});
