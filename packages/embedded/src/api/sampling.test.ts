import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSampling } from './sampling.ts';

test('a request that says nothing gets the defaults and a seed of its own', () => {
  let seed = 0;
  const random = () => ++seed;
  expect(readSampling({}, random)).toEqual({
    temperature: 0.8,
    topP: 0.95,
    topK: 40,
    minP: 0.05,
    seed: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    repetitionPenalty: 1,
  });
  expect(readSampling({}, random).seed).toBe(2);
  expect(readSampling({}).seed).not.toBe(readSampling({}).seed);
});

test('what a request says holds', () => {
  const fields = {
    temperature: 0,
    top_p: 0.5,
    top_k: 3,
    min_p: 0,
    seed: 42,
    presence_penalty: 1,
    frequency_penalty: -1,
    repetition_penalty: 1.1,
  };
  expect(readSampling(fields)).toEqual({
    temperature: 0,
    topP: 0.5,
    topK: 3,
    minP: 0,
    seed: 42,
    presencePenalty: 1,
    frequencyPenalty: -1,
    repetitionPenalty: 1.1,
  });
});

test('-1 keeps all tokens, as vLLM has it', () => {
  expect(readSampling({ top_k: -1 }).topK).toBe(0);
});

test('any whole number is a seed, and the same one each time', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (seed) => {
      const first = readSampling({ seed }).seed;
      expect(Number.isInteger(first) && first >= 0 && first < 2 ** 32).toBe(true);
      expect(readSampling({ seed }).seed).toBe(first);
    }),
  );
});

test.each([
  { temperature: 2.1 },
  { temperature: -1 },
  { top_p: 1.1 },
  { top_k: 0.5 },
  { min_p: 2 },
  { seed: 0.5 },
  { presence_penalty: 3 },
  { repetition_penalty: 0 },
])('%j is refused', (fields) => {
  expect(() => readSampling(fields)).toThrow(Object.keys(fields)[0]);
});
