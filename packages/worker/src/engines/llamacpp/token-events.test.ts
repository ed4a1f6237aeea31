import type { TokenEvent } from '@orilla/contract';
import type { ChatCompletionChunk } from '@wllama/wllama/esm/index.js';
import { expect, test } from 'vitest';
import { type TimedChunk, tokenEvents } from './token-events.ts';

type Choice = ChatCompletionChunk['choices'][number];

/** A chunk as llama.cpp sends it; `usage` comes on one without choices. */
function chunk(choice: Partial<Choice> | null, usage?: Partial<ChatCompletionChunk['usage']>): TimedChunk {
  const choices = choice ? [{ index: 0, delta: {}, finish_reason: null, logprobs: null, ...choice }] : [];
  // llama.cpp gives more fields than are read here.
  const sent = { id: '', object: 'chat.completion.chunk', created: 0, model: '', choices, ...(usage && { usage }) };
  return { chunk: sent as ChatCompletionChunk, atMs: 5 };
}

async function* stream(...chunks: readonly TimedChunk[]) {
  yield* chunks;
}

async function eventsOf(chunks: AsyncIterable<TimedChunk>, topLogprobs = 0): Promise<readonly TokenEvent[]> {
  const events: TokenEvent[] = [];
  for await (const event of tokenEvents(chunks, { topLogprobs })) events.push(event);
  return events;
}

const usage = { prompt_tokens: 7, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 } };

test('a token for each piece of text, and one event for the end', async () => {
  const events = await eventsOf(
    stream(
      chunk({ delta: { role: 'assistant', content: null } }),
      chunk({ delta: { content: 'Hel' } }),
      chunk({ delta: { content: 'lo' } }),
      chunk({ finish_reason: 'stop' }),
      chunk(null, usage),
    ),
  );
  expect(events).toEqual([
    { type: 'token', text: 'Hel', atMs: 5 },
    { type: 'token', text: 'lo', atMs: 5 },
    { type: 'finish', reason: 'stop', promptTokens: 7, completionTokens: 2, cachedTokens: 3, atMs: 5 },
  ]);
});

test('a stream that ends without having finished is an error, not an end', async () => {
  await expect(eventsOf(stream(chunk({ delta: { content: 'Hel' } })))).rejects.toMatchObject({ code: 'engine.failed' });
  await expect(eventsOf(stream(chunk({ finish_reason: 'stop' })))).rejects.toMatchObject({ code: 'engine.failed' });
});

test('reads the stream to its end, so that the engine is done when this is', async () => {
  let isAtEnd = false;
  async function* watched() {
    yield chunk({ finish_reason: 'length' });
    yield chunk(null, usage);
    isAtEnd = true;
  }
  await eventsOf(watched());
  expect(isAtEnd).toBe(true);
});

test('log probabilities in OpenAI’s form, with as many candidates as were asked for', async () => {
  const candidate = (token: string) => ({ id: 1, token, logprob: -1, bytes: [104] });
  const logprobs = {
    content: [{ ...candidate('h'), top_logprobs: [candidate('h'), candidate('i')] }],
    refusal: null,
  };
  const chunks = [chunk({ delta: { content: 'h' }, logprobs }), chunk({ finish_reason: 'stop' }), chunk(null, usage)];
  const [none] = await eventsOf(stream(...chunks), 0);
  expect(none).toMatchObject({ logprobs: { content: [{ token: 'h', logprob: -1, bytes: [104], top_logprobs: [] }] } });
  const [one] = await eventsOf(stream(...chunks), 1);
  expect(one).toMatchObject({ logprobs: { content: [{ top_logprobs: [{ token: 'h', logprob: -1, bytes: [104] }] }] } });
});
