import type { EngineName, ModelManifest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { byteLevelFiles } from '../text/tokenizer-files.double.ts';
import { answer, openTinyEngine, question } from './onnx/tiny-engine.double.ts';
import { manifestOf, tinyWeights } from './onnx/tiny-model.double.ts';
import { promptCounter } from './prompt-counter.ts';

const { tokenizer, tokenizerConfig } = byteLevelFiles();
const conversation = { roles: { user: 'U', assistant: 'A' }, seps: ['\n'], system_prefix_token_ids: [0, 0] };
const messages = [{ role: 'user', content: 'hi' }] as const;

function counterOf(engine: EngineName, contents: Readonly<Record<string, unknown>>) {
  const files = Object.entries(contents).map(([path, json]) => [path, new Blob([JSON.stringify(json)])] as const);
  const manifest: ModelManifest = {
    schema: 'orilla.model/1',
    id: 'any',
    engine,
    files: files.map(([path, { size }]) => ({ path, bytes: size, sha256: '' })),
    contextLength: 64,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
  };
  return promptCounter(manifest, new Map(files));
}

test('counts what onnx then computes', async () => {
  const weights = tinyWeights();
  const count = await promptCounter(manifestOf(weights), weights);
  const { finish } = await answer(await openTinyEngine(), question);
  expect(count(question.messages)).toBe(finish.promptTokens);
});

test('counts the tokens that a webllm model without a template has before its first message', async () => {
  const text = { 'tokenizer.json': tokenizer, 'model.wasm': '' };
  const config = { conv_template: conversation };
  const count = await counterOf('webllm', { ...text, 'mlc-chat-config.json': config });
  const plain = { conv_template: { ...conversation, system_prefix_token_ids: [] } };
  const without = await counterOf('webllm', { ...text, 'mlc-chat-config.json': plain });
  expect(count(messages)).toBe(without(messages) + 2);
});

test("where a webllm model has a template, it is that one's tokens and no others", async () => {
  const files = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': tokenizerConfig };
  const count = await counterOf('webllm', {
    ...files,
    'model.wasm': '',
    'mlc-chat-config.json': { conv_template: conversation },
  });
  expect(count(messages)).toBe((await counterOf('onnx', files))(messages));
});

test('a package without files of text can’t be counted by them', async () => {
  await expect(counterOf('llamacpp', {})).rejects.toMatchObject({ code: 'capability.unsupported' });
});
