import { expect, test } from 'vitest';
import { decodeMeter } from './decode-meter.ts';

function meterAt(times: readonly number[]) {
  const clock = times.values();
  const meter = decodeMeter({ now: () => clock.next().value ?? Number.NaN });
  for (const _ of times) meter.token();
  return meter;
}

test('counts the time from the first token to the last, which the first one did not take', () => {
  expect(meterAt([1000, 1100, 1200, 1300, 1400]).tokensPerSecond(5)).toBeCloseTo(10);
});

test('goes by the engine’s count where several tokens came as one piece of text', () => {
  expect(meterAt([0, 1000]).tokensPerSecond(5)).toBeCloseTo(4);
});

test('an answer of one token, or of none, has no rate', () => {
  expect(() => meterAt([]).tokensPerSecond(0)).toThrow('no rate');
  expect(() => meterAt([5]).tokensPerSecond(1)).toThrow('no rate');
});
