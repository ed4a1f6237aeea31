import type { ChatRequest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { samplingSettings } from '../request/sampling-settings.ts';
import { llamacppFeatures } from './llamacpp-support.ts';
import { type WllamaSettingsOptions, wllamaSettings } from './wllama-settings.ts';

const plain: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
const settings = (fields: Partial<ChatRequest>, options?: WllamaSettingsOptions) =>
  wllamaSettings(samplingSettings({ ...plain, ...fields }, { features: llamacppFeatures }), options);

test('says OpenAI’s defaults, which are not those of llama.cpp', () => {
  expect(settings({})).toEqual({
    temperature: 1,
    top_p: 1,
    top_k: 0,
    min_p: 0,
    presence_penalty: 0,
    frequency_penalty: 0,
    repeat_penalty: 1,
  });
});

test('says what was asked for in llama.cpp’s words', () => {
  expect(settings({ max_tokens: 5, stop: 'END', logit_bias: { 7: -3 } })).toMatchObject({
    max_tokens: 5,
    logit_bias: { 7: -3 },
  });
});

test('tells it no stop string, but wants counts with every chunk where there is one', () => {
  expect(settings({ stop: 'END' })).toMatchObject({ timings_per_token: true });
  expect(settings({ stop: 'END' })).not.toHaveProperty('stop');
  expect(settings({})).not.toHaveProperty('timings_per_token');
});

test('asks for one candidate where only the log probability of the token itself is wanted', () => {
  expect(settings({ logprobs: true })).toMatchObject({ n_probs: 1 });
  expect(settings({ logprobs: true, top_logprobs: 5 })).toMatchObject({ n_probs: 5 });
  expect(settings({})).not.toHaveProperty('n_probs');
});

test('every seed is one that llama.cpp takes, and never the one that means any', () => {
  for (const seed of [0, 7, -1, 2 ** 32 - 1, 2 ** 40 + 3, Number.MIN_SAFE_INTEGER]) {
    const { seed: said = -1 } = settings({ seed });
    expect(said).toBeGreaterThanOrEqual(0);
    expect(said).toBeLessThan(2 ** 32 - 1);
  }
  expect(settings({ seed: 7 })).toMatchObject({ seed: 7 });
});

test('each of several answers has its own seed, and without one all are as they come', () => {
  expect(settings({ seed: 7, n: 2 }, { choice: 1 })).toMatchObject({ seed: 8 });
  expect(settings({ n: 2 }, { choice: 1 })).not.toHaveProperty('seed');
});

test('what is out already counts for the limit', () => {
  expect(settings({ max_tokens: 10 }, { emittedTokens: 4 })).toMatchObject({ max_tokens: 6 });
});
