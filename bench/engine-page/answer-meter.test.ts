import { expect, test } from 'vitest';
import { answerMeter, countsOf } from './answer-meter.ts';

function meterAt(asked: number, times: readonly number[]) {
  const clock = [asked, ...times].values();
  const meter = answerMeter({ now: () => clock.next().value ?? Number.NaN });
  for (const _ of times) meter.token();
  return meter;
}

test('counts the time from the first token to the last, which the first one did not take', () => {
  const { tokensPerSecond } = meterAt(0, [1000, 1100, 1200, 1300, 1400]).run({ promptTokens: 1, tokens: 5 });
  expect(tokensPerSecond).toBeCloseTo(10);
});

test('the time until the first token is the prompt’s', () => {
  const { promptTokensPerSecond } = meterAt(500, [1000, 1100]).run({ promptTokens: 60, tokens: 2 });
  expect(promptTokensPerSecond).toBeCloseTo(120);
});

test('goes by the engine’s count where several tokens came as one piece of text', () => {
  expect(meterAt(0, [10, 1010]).run({ promptTokens: 1, tokens: 5 })).toMatchObject({ tokens: 5, tokensPerSecond: 4 });
});

test('an answer of one token, or of none, has no rate', () => {
  expect(() => meterAt(0, []).run({ promptTokens: 1, tokens: 0 })).toThrow('no rate');
  expect(() => meterAt(0, [5]).run({ promptTokens: 1, tokens: 1 })).toThrow('no rate');
});

test('tokens that were computed before are not counted as computed', () => {
  const usage = { prompt_tokens: 40, completion_tokens: 8 };
  expect(countsOf(usage)).toEqual({ promptTokens: 40, tokens: 8 });
  expect(countsOf({ ...usage, prompt_tokens_details: { cached_tokens: 3 } })).toEqual({ promptTokens: 37, tokens: 8 });
  expect(() => countsOf(null)).toThrow('without its usage');
});
