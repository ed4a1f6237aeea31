import type { ChatRequest, Engine, TokenEvent } from '@orilla/contract';
import { expect, test } from 'vitest';
import { measureRates } from './measure-rates.ts';

const { signal } = new AbortController();

/** An engine on a clock of its own: its first token after a second, then one every 100 ms. */
function clockwork(tokens: number, cachedTokens = 0) {
  const clock = { ms: 1_000 };
  const asked: ChatRequest[] = [];
  const engine: Pick<Engine, 'name' | 'generate'> = {
    name: 'onnx',
    async *generate(request): AsyncGenerator<TokenEvent> {
      asked.push(request);
      clock.ms += 1_000;
      for (let made = 0; made < tokens; made += 1) {
        yield { type: 'token', text: 'a', atMs: clock.ms };
        if (made < tokens - 1) clock.ms += 100;
      }
      yield {
        type: 'finish',
        reason: 'length',
        promptTokens: 200,
        completionTokens: tokens,
        cachedTokens,
        atMs: clock.ms,
      };
    },
  };
  return { engine, asked, now: () => clock.ms };
}

test('tells tokens per second of the prompt and of the answer', async () => {
  const { engine, now } = clockwork(11);
  expect(await measureRates(engine, { signal, backend: 'wasm', now })).toEqual({
    engine: 'onnx',
    backend: 'wasm',
    prefillTokensPerSecond: 200,
    decodeTokensPerSecond: 10,
    measuredAtMs: 3_000,
  });
});

test('what came from the cache was not computed', async () => {
  const { engine, now } = clockwork(11, 150);
  expect((await measureRates(engine, { signal, backend: 'wasm', now })).prefillTokensPerSecond).toBe(50);
});

test('a single token gives a rate all the same, and none is an error', async () => {
  const one = clockwork(1);
  expect((await measureRates(one.engine, { signal, backend: 'wasm', now: one.now })).decodeTokensPerSecond).toBe(1_000);
  const none = clockwork(0);
  await expect(measureRates(none.engine, { signal, backend: 'wasm', now: none.now })).rejects.toMatchObject({
    code: 'engine.failed',
  });
});

test('asks for little, and for the same each time', async () => {
  const { engine, asked, now } = clockwork(2);
  await measureRates(engine, { signal, backend: 'wasm', now });
  await measureRates(engine, { signal, backend: 'wasm', now });
  expect(asked[0]).toEqual(asked[1]);
  expect(asked[0]).toMatchObject({ temperature: 0, max_tokens: 12 });
});
