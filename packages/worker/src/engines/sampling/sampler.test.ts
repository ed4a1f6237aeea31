import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naiveDistribution } from './naive-sampler.double.ts';
import { randomAt } from './random-at.ts';
import { createSampler, type SamplerSettings } from './sampler.ts';

const plain: SamplerSettings = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
  logitBias: new Map(),
  seed: 7,
};
const sampler = (settings: Partial<SamplerSettings>, vocabularySize: number, choice = 0) =>
  createSampler({ ...plain, ...settings }, { vocabularySize, choice });
const maskOf = (size: number, allows: (id: number) => boolean) => {
  const mask = new Int32Array(Math.ceil(size / 32));
  for (let id = 0; id < size; id++) if (allows(id)) mask[id >> 5] = (mask[id >> 5] ?? 0) | (1 << (id & 31));
  return mask;
};

/** Logits on a coarse grid, so that there are ties; and far apart. Thirds keep sums away from the edges that rounding decides. */
const someLogits = fc
  .array(fc.oneof(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -90, max: 90 })), {
    minLength: 1,
    maxLength: 700,
  })
  .map((values) => Float32Array.from(values, (value) => value / 3));
const someSettings = fc.record({
  temperature: fc.constantFrom(0, 0.3, 0.7, 1, 1.9),
  topP: fc.constantFrom(0, 0.137, 0.513, 0.9017, 1),
  topK: fc.constantFrom(0, 1, 3, 40, 255, 300, 5000),
  minP: fc.constantFrom(0, 0.0513, 0.3019),
  presencePenalty: fc.constantFrom(0, 0.7, -1.5),
  frequencyPenalty: fc.constantFrom(0, 0.25, -0.5),
  repetitionPenalty: fc.constantFrom(1, 1.3),
  seed: fc.integer(),
});

test('chooses as the plain definition does, whatever is asked for', () => {
  fc.assert(
    fc.property(
      someLogits,
      someSettings,
      fc.array(fc.nat(699), { maxLength: 6 }),
      fc.dictionary(fc.nat(699).map(String), fc.integer({ min: -100, max: 100 }), { maxKeys: 4 }),
      fc.nat(4),
      (logits, chosen, accepted, bias, every) => {
        const logitBias = new Map(
          Object.entries(bias)
            .map(([id, value]): [number, number] => [Number(id), value])
            .filter(([id]) => id < logits.length),
        );
        const settings = { ...plain, ...chosen, logitBias };
        const allows = (id: number) => every === 0 || id % every === 0;
        const real = createSampler(settings, { vocabularySize: logits.length, choice: 0 });
        for (const id of accepted) real.accept(id);
        const { id } = real.sample(logits, every === 0 ? null : maskOf(logits.length, allows));
        const expected = naiveDistribution(logits, settings, { accepted, allows });
        expect(expected[id]).toBeGreaterThan(0);
        const random = randomAt(chosen.seed, 0, accepted.length);
        const before = expected.slice(0, id).reduce((sum, share) => sum + share, 0);
        // Where the draw hits the very edge, rounding decides: the sums are made in another order.
        expect(random).toBeGreaterThan(before - 1e-9);
        expect(random).toBeLessThan(before + (expected[id] ?? 0) + 1e-9);
      },
    ),
    { numRuns: 1500, seed: 20260101 },
  );
});

test('the share of each token is its probability (chi-square over 20,000 draws)', () => {
  const logits = Float32Array.from([2, 1, 0, -1, 3, 1, -40, 0.5]);
  const settings = { ...plain, temperature: 0.8, topP: 0.97, seed: 11 };
  const expected = naiveDistribution(logits, settings);
  const counts = new Array<number>(8).fill(0);
  const real = sampler(settings, 8);
  const draws = 20_000;
  const uniform = Float32Array.from(logits);
  for (let draw = 0; draw < draws; draw++) {
    const { id } = real.sample(uniform, null);
    counts[id] = (counts[id] ?? 0) + 1;
    real.accept(id);
  }
  const kept = [...expected.keys()].filter((id) => (expected[id] ?? 0) > 0);
  expect(kept.length).toBe(6);
  expect(counts.filter((count) => count > 0)).toHaveLength(kept.length);
  const chiSquare = kept.reduce((sum, id) => {
    const wanted = (expected[id] ?? 0) * draws;
    return sum + ((counts[id] ?? 0) - wanted) ** 2 / wanted;
  }, 0);
  // Exceeded once in a thousand times with 5 degrees of freedom.
  expect(chiSquare).toBeLessThan(20.5);
});

test('temperature 0 takes the likeliest, of equals the first, and a negative infinity never', () => {
  const real = sampler({ temperature: 0 }, 5);
  expect(real.sample(Float32Array.of(1, 4, 4, 2, 0), null).id).toBe(1);
  expect(real.sample(Float32Array.of(Number.NEGATIVE_INFINITY, -50, Number.NEGATIVE_INFINITY, -60, -70), null).id).toBe(
    1,
  );
});

test('asking again changes nothing; a token that is accepted does', () => {
  const logits = new Float32Array(1000);
  const real = sampler({}, 1000);
  const first = real.sample(logits, null).id;
  expect(real.sample(logits, null).id).toBe(first);
  real.accept(first);
  expect(real.sample(logits, null).id).not.toBe(first);
});

test('an answer that is continued by another sampler goes on exactly', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(3), fc.nat(19), (seed, choice, cut) => {
      const settings = { seed, frequencyPenalty: 0.4, repetitionPenalty: 1.1, topP: 0.9 };
      const logitsAt = (position: number) =>
        Float32Array.from({ length: 50 }, (_, id) => Math.sin(id * 7 + position) * 3);
      const run = (start: readonly number[], end: number) => {
        const real = sampler(settings, 50, choice);
        const ids = [...start];
        for (const id of start) real.accept(id);
        while (ids.length < end) {
          const { id } = real.sample(logitsAt(ids.length), null);
          real.accept(id);
          ids.push(id);
        }
        return ids;
      };
      const whole = run([], 20);
      expect(run(whole.slice(0, cut), 20)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test('each seed and each choice answers its own way; without a seed each sampler does', () => {
  const logits = new Float32Array(100_000);
  const pick = (seed: number, choice: number) => sampler({ seed }, 100_000, choice).sample(logits, null).id;
  expect(new Set([pick(1, 0), pick(2, 0), pick(1, 1), pick(2, 1)]).size).toBe(4);
  expect(pick(1, 1)).toBe(pick(1, 1));
  const { seed: _, ...unseeded } = plain;
  const from = (value: number) =>
    createSampler(unseeded, { vocabularySize: 100_000, choice: 0, random: () => value }).sample(logits, null).id;
  expect(from(0.25)).toBe(from(0.25));
  expect(from(0.25)).not.toBe(from(0.5));
});

test('log probabilities are those of the model, whatever temperature, penalties, bias and grammar make of them', () => {
  const logits = Float32Array.of(0, 3, 1, 2, 3);
  const total = Math.log([0, 3, 1, 2, 3].reduce((sum, logit) => sum + Math.exp(logit), 0));
  const real = sampler({ temperature: 0, topLogprobs: 3, logitBias: new Map([[1, -100]]), presencePenalty: 2 }, 5);
  real.accept(4);
  const { id, logprob } = real.sample(
    logits,
    maskOf(5, (token) => token === 0 || token === 2),
  );
  expect(id).toBe(2);
  expect(logprob?.chosen).toBeCloseTo(1 - total, 9);
  expect(logprob?.top.map((token) => token.id)).toEqual([1, 4, 3]);
  expect(logprob?.top[2]?.logprob).toBeCloseTo(2 - total, 9);
});

test('log probabilities come only where they are asked for, with as many others as asked for', () => {
  const logits = Float32Array.of(0, 3, Number.NEGATIVE_INFINITY);
  expect(sampler({}, 3).sample(logits, null)).not.toHaveProperty('logprob');
  expect(sampler({ topLogprobs: 0 }, 3).sample(logits, null).logprob?.top).toEqual([]);
  // A token that can't come is none of the likeliest.
  expect(
    sampler({ topLogprobs: 20 }, 3)
      .sample(logits, null)
      .logprob?.top.map(({ id }) => id),
  ).toEqual([1, 0]);
});

test('the likeliest of a large vocabulary are those that a sort finds', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(1, 5, 20), (seed, count) => {
      const logits = Float32Array.from({ length: 20_000 }, (_, id) => Math.round(randomAt(seed, 0, id) * 3000) / 100);
      const top = sampler({ topLogprobs: count }, 20_000).sample(logits, null).logprob?.top ?? [];
      const sorted = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
      expect(top.map(({ id }) => id)).toEqual(sorted.slice(0, count));
    }),
    { numRuns: 20 },
  );
});

test('padding behind the vocabulary is never chosen, and fewer logits than tokens are enough', () => {
  expect(sampler({ temperature: 0 }, 2).sample(Float32Array.of(1, 2, 9), null).id).toBe(1);
  expect(sampler({ temperature: 0, logitBias: new Map([[3, 100]]) }, 4).sample(Float32Array.of(1, 2), null).id).toBe(1);
});

test.each([
  ['NaN', Float32Array.of(1, Number.NaN, 2)],
  ['infinity', Float32Array.of(1, Number.POSITIVE_INFINITY, 2)],
  ['nothing possible', new Float32Array(3).fill(Number.NEGATIVE_INFINITY)],
])('logits that are no numbers are an engine that failed: %s', (_, logits) => {
  for (const temperature of [0, 1])
    expect(() => sampler({ temperature }, 3).sample(logits, null)).toThrow(
      expect.objectContaining({ code: 'engine.failed', message: expect.stringContaining('no numbers') }),
    );
});

test('a grammar that allows no token is told as that', () => {
  expect(() => sampler({}, 3).sample(Float32Array.of(1, 2, 3), new Int32Array(1))).toThrow(
    expect.objectContaining({ code: 'engine.failed', param: 'response_format' }),
  );
});

test('a bias of a token that is not in the vocabulary is refused by name', () => {
  expect(() => sampler({ logitBias: new Map([[9, 1]]) }, 3)).toThrow(
    expect.objectContaining({ code: 'protocol.bad-request', param: 'logit_bias' }),
  );
});

test('the logits that an engine lends are left as they were', () => {
  const logits = Float32Array.of(1, 2, 3);
  const real = sampler({ frequencyPenalty: 2, topP: 0.5, topLogprobs: 2 }, 3);
  real.accept(2);
  real.sample(
    logits,
    maskOf(3, (id) => id > 0),
  );
  expect([...logits]).toEqual([1, 2, 3]);
});
