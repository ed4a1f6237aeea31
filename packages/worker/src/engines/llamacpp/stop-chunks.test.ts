import type { ChatCompletionChunk } from '@wllama/wllama/esm/index.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stopChunks } from './stop-chunks.ts';
import type { TimedChunk } from './token-events.ts';

/** A token of a chat, the `count`th of its answer, as llama.cpp tells it with its counts. */
function token(text: string, count: number): TimedChunk {
  const choice = { index: 0, delta: { content: text }, finish_reason: null, logprobs: null };
  const timings = { prompt_n: 5, cache_n: 4, predicted_n: count };
  // It gives more fields than are read here.
  const sent = { id: '', object: 'chat.completion.chunk', created: 0, model: '', choices: [choice], timings };
  return { chunk: sent as unknown as ChatCompletionChunk, atMs: count };
}

const end: TimedChunk = {
  chunk: { choices: [{ index: 0, delta: {}, finish_reason: 'length', logprobs: null }] },
  atMs: 99,
};

async function run(pieces: readonly string[], stops: readonly string[], before = '') {
  let wasLeft = true;
  async function* tokens() {
    try {
      yield* pieces.map((text, index) => token(text, index + 1));
      yield end;
      wasLeft = false;
    } finally {
      // whoever leaves says so
    }
  }
  const chunks: TimedChunk[] = [];
  for await (const chunk of stopChunks(tokens(), stops, { before })) chunks.push(chunk);
  const choices = chunks.flatMap(({ chunk }) => chunk.choices);
  const text = choices.map((choice) => ('delta' in choice ? (choice.delta.content ?? '') : choice.text)).join('');
  const reasons = choices.flatMap((choice) => choice.finish_reason ?? []);
  return { text, reasons, wasLeft, usage: chunks.at(-1)?.chunk.usage };
}

test('ends before a stop string that is cut between tokens, with the counts of the last one', async () => {
  expect(await run(['one ', 'EN', 'D two', ' three'], ['END'])).toEqual({
    text: 'one ',
    reasons: ['stop'],
    wasLeft: true,
    usage: {
      prompt_tokens: 9,
      completion_tokens: 3,
      total_tokens: 12,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
    },
  });
});

test('a token with the beginning of a stop string in it is told up to there', async () => {
  expect((await run(['one E', 'ND'], ['END'])).text).toBe('one ');
});

test('what might have become a stop string is told where the answer ends', async () => {
  expect(await run(['🌊', '🌊'], ['🌊\u0001'])).toMatchObject({ text: '🌊🌊', reasons: ['length'], wasLeft: false });
});

test('a stop string that began in what is out already ends the answer at once', async () => {
  expect(await run(['D and more'], ['END'], 'the EN')).toMatchObject({ text: '', reasons: ['stop'] });
});

test('an end without counts is an error, not a guess', async () => {
  async function* bare() {
    const { chunk, atMs } = token('END', 1);
    yield { chunk: { choices: chunk.choices }, atMs };
  }
  await expect(stopChunks(bare(), ['END']).next()).rejects.toMatchObject({ code: 'engine.failed' });
});

test('however a text is cut, it is told up to the first stop string and no further', async () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'ab', '🌊', 'c'), { maxLength: 12 });
  const stops = fc.array(fc.constantFrom('ab', 'bc', 'ca', '🌊a', 'bab'), { minLength: 1, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(words, stops, async (pieces, wanted) => {
      const whole = pieces.join('');
      const ends = wanted.map((stop) => ({ at: whole.indexOf(stop), length: stop.length })).filter(({ at }) => at >= 0);
      const first = Math.min(...ends.map(({ at, length }) => at + length));
      const begins = ends.filter(({ at, length }) => at + length === first).map(({ at }) => at);
      const { text } = await run(pieces, wanted);
      expect(text).toBe(ends.length === 0 ? whole : whole.slice(0, Math.min(...begins)));
    }),
  );
});
