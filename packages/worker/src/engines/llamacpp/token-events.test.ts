import type { TokenEvent } from '@orilla/contract';
import type { ChatCompletionChunk } from '@wllama/wllama/esm/index.js';
import { expect, test } from 'vitest';
import { toolCallParser } from '../../text/tools/tool-call-parser.ts';
import { type TimedChunk, type TokenEventsOptions, tokenEvents } from './token-events.ts';

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

async function eventsOf(
  chunks: AsyncIterable<TimedChunk>,
  topLogprobs = 0,
  options: Omit<TokenEventsOptions, 'topLogprobs'> = {},
): Promise<readonly TokenEvent[]> {
  const events: TokenEvent[] = [];
  for await (const event of tokenEvents(chunks, { topLogprobs, ...options })) events.push(event);
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

const end = [chunk({ finish_reason: 'stop' }), chunk(null, usage)];
const saying = (...texts: readonly string[]) => texts.map((content) => chunk({ delta: { content } }));

test('calls that llama.cpp tells are told, with an id where it gives none', async () => {
  const begin = { index: 0, id: '', function: { name: 'look', arguments: '' } };
  const more = { index: 0, function: { arguments: '{"at":"sea"}' } };
  const chunks = [
    chunk({ delta: { tool_calls: [begin] } }),
    chunk({ delta: { tool_calls: [more] } }),
    chunk({ finish_reason: 'tool_calls' }),
    chunk(null, usage),
  ];
  expect(await eventsOf(stream(...chunks), 0, { newCallId: () => 'call_1' })).toMatchObject([
    { type: 'tool-call', index: 0, id: 'call_1', name: 'look', argumentsText: '' },
    { type: 'tool-call', index: 0, argumentsText: '{"at":"sea"}' },
    { type: 'finish', reason: 'tool_calls' },
  ]);
});

/** What the calls of an answer are, put together. */
const callsOf = (events: readonly TokenEvent[]) =>
  events.reduce(
    (text, event) => (event.type === 'tool-call' ? `${text}${event.name ?? ''}${event.argumentsText}` : text),
    '',
  );

test('calls that stand in the text are told as calls, and the text around them as text', async () => {
  const parser = toolCallParser('hermes');
  const call = ['<tool', '_call>\n{"name": "look", "argu', 'ments": {"at": "sea"}}\n</tool_call>'];
  const events = await eventsOf(stream(...saying('Well. ', ...call), ...end), 0, { parser });
  expect(events[0]).toMatchObject({ type: 'token', text: expect.stringContaining('Well.') });
  expect(callsOf(events)).toBe('look{"at": "sea"}');
  expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'tool_calls' });
});

test('a text that could have held calls and holds none ends as any text', async () => {
  const events = await eventsOf(stream(...saying('No ', '<tool'), ...end), 0, { parser: toolCallParser('hermes') });
  expect(events.map((event) => (event.type === 'token' ? event.text : '')).join('')).toBe('No <tool');
  expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
});

test('an answer that is nothing but a call needs no marks around it', async () => {
  const around = { before: '<tool_call>\n', after: '\n</tool_call>' };
  const chunks = [...saying('{"name": "look", ', '"arguments": {}}'), ...end];
  const events = await eventsOf(stream(...chunks), 0, { parser: toolCallParser('hermes'), around });
  expect(callsOf(events)).toBe('look{}');
  expect(events.some(({ type }) => type === 'token')).toBe(false);
  expect(events.at(-1)).toMatchObject({ reason: 'tool_calls' });
});

test('of an answer that goes on, the beginning counts as answer and not as prompt', async () => {
  const continued = { promptTokens: 4, emittedTokens: 3 };
  const events = await eventsOf(stream(...saying('lo'), ...end), 0, { continued });
  expect(events.at(-1)).toMatchObject({ promptTokens: 4, completionTokens: 5, cachedTokens: 3 });
});
