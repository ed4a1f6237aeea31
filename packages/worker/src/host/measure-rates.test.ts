import type { ChatRequest, Engine, TokenEvent } from '@orilla/contract';
import { expect, test } from 'vitest';
import { measureRates } from './measure-rates.ts';

const { signal } = new AbortController();

/** An engine on a clock of its own: compiles for ten seconds once, then its first token comes after a second, and each next after `stepMs`. */
function clockwork({
  tokens,
  cachedTokens = 0,
  stepMs = 100,
}: {
  tokens: number;
  cachedTokens?: number;
  stepMs?: number;
}) {
  const clock = { ms: 1_000 };
  const asked: ChatRequest[] = [];
  const left: number[] = [];
  const engine: Pick<Engine, 'name' | 'generate'> = {
    name: 'onnx',
    async *generate(request): AsyncGenerator<TokenEvent> {
      asked.push(request);
      clock.ms += asked.length === 1 ? 10_000 : 1_000;
      const most = Math.min(tokens, request.max_tokens ?? tokens);
      let made = 0;
      try {
        for (; made < most; made += 1) {
          if (made > 0) clock.ms += stepMs;
          yield { type: 'token', text: 'a', atMs: clock.ms };
        }
        yield {
          type: 'finish',
          reason: 'length',
          promptTokens: 200,
          completionTokens: most,
          cachedTokens,
          atMs: clock.ms,
        };
      } finally {
        left.push(made);
      }
    },
  };
  return { engine, asked, left, now: () => clock.ms };
}

const measure = ({ engine, now }: ReturnType<typeof clockwork>) =>
  measureRates(engine, { signal, backend: 'wasm', now });

test('tells tokens per second of the prompt and of the answer, without what happens once', async () => {
  expect(await measure(clockwork({ tokens: 12 }))).toEqual({
    engine: 'onnx',
    backend: 'wasm',
    // 200 tokens in a second, of which the first token of the answer took 100 ms.
    prefillTokensPerSecond: expect.closeTo(200 / 0.9, 5),
    decodeTokensPerSecond: 10,
    // Ten seconds and a step of the first question; a second and eleven steps of the other.
    measuredAtMs: 1_000 + 10_000 + 100 + 1_000 + 1_100,
  });
});

test('what came from the cache was not computed', async () => {
  const { prefillTokensPerSecond } = await measure(clockwork({ tokens: 12, cachedTokens: 110 }));
  expect(prefillTokensPerSecond).toBeCloseTo(100, 5);
});

test('an answer that ends early is measured as far as it came', async () => {
  expect((await measure(clockwork({ tokens: 3 }))).decodeTokensPerSecond).toBe(10);
});

test('one token alone, or none, is an error', async () => {
  for (const tokens of [0, 1])
    await expect(measure(clockwork({ tokens }))).rejects.toMatchObject({ code: 'engine.failed' });
});

test('of a slow answer the rest is not waited for, and the engine is stopped', async () => {
  const slow = clockwork({ tokens: 12, stepMs: 1_600 });
  expect((await measure(slow)).decodeTokensPerSecond).toBeCloseTo(1 / 1.6, 5);
  // The first question to its end; of the other three tokens, and nothing after that.
  expect(slow.left).toEqual([2, 2]);
});

test('a clock that stands still bounds the rates', async () => {
  const { decodeTokensPerSecond } = await measure(clockwork({ tokens: 12, stepMs: 0 }));
  expect(Number.isFinite(decodeTokensPerSecond)).toBe(true);
});

test('asks for little, and for the same each time', async () => {
  const twice = clockwork({ tokens: 12 });
  await measure(twice);
  await measure(twice);
  expect(twice.asked.slice(0, 2)).toEqual(twice.asked.slice(2));
  expect(twice.asked[1]).toMatchObject({ temperature: 0, max_tokens: 12 });
});

test('a device that is slow gets a shorter question', async () => {
  const wordsAfter = async (cachedTokens: number) => {
    const { engine, asked, now } = clockwork({ tokens: 12, cachedTokens });
    await measureRates(engine, { signal, backend: 'wasm', now });
    return String(asked[1]?.messages[0]?.content).split(' ').length;
  };
  // The first question takes ten seconds: for 200 tokens, for 100, and for 10.
  expect(await wordsAfter(0)).toBe(40);
  expect(await wordsAfter(100)).toBe(30);
  expect(await wordsAfter(190)).toBe(8);
});
