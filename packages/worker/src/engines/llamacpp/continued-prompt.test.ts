import type { Wllama } from '@wllama/wllama/esm/index.js';
import { expect, test } from 'vitest';
import { continuedPrompt } from './continued-prompt.ts';

// wllama itself runs in a browser only, where the real one is asked in test/e2e/worker.

interface Asked {
  readonly prompt?: string;
  readonly onData: (told: object) => void;
}

/** Tells what it was asked as llama.cpp does, which begins every text with a token of its own where `bos` says so. */
function wllamaLike(conversation: string | undefined, { bos }: { readonly bos: string | null }) {
  const tell = ({ onData }: Asked, prompt: string | undefined) => {
    onData({ choices: [{}], __verbose: { content: 'L' } });
    onData({ choices: [{}], __verbose: { prompt } });
    onData({ choices: [], usage: { prompt_tokens: 9 } });
  };
  const wllama = {
    createChatCompletion: async (asked: Asked) => tell(asked, conversation),
    createCompletion: async (asked: Asked) => tell(asked, `${bos ?? ''}${asked.prompt}`),
    mustAddBosToken: () => bos !== null,
  };
  return wllama as unknown as Pick<Wllama, 'createChatCompletion' | 'createCompletion' | 'mustAddBosToken'>; // all that is asked of it
}

const { signal } = new AbortController();
const chat = { messages: [] };

test('goes on right behind what is out, in the conversation that llama.cpp made of the messages', async () => {
  const wllama = wllamaLike('<user>Hi<assistant>', { bos: null });
  expect(await continuedPrompt(wllama, chat, { emitted: 'Hel', signal })).toEqual({
    prompt: '<user>Hi<assistant>Hel',
    promptTokens: 9,
  });
});

test('a token that llama.cpp puts in front of every text is not written twice', async () => {
  const wllama = wllamaLike('<s><user>Hi', { bos: '<s>' });
  expect(await continuedPrompt(wllama, chat, { emitted: '!', signal })).toMatchObject({ prompt: '<user>Hi!' });
});

test('without a word about the prompt it refuses to guess', async () => {
  const wllama = wllamaLike(undefined, { bos: null });
  await expect(continuedPrompt(wllama, chat, { emitted: '!', signal })).rejects.toMatchObject({
    code: 'engine.failed',
  });
});
