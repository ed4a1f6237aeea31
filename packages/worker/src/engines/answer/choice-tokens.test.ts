import { expect, test } from 'vitest';
import type { TokenMask } from '../../text/grammar/token-mask.ts';
import { ChoiceTokens } from './choice-tokens.ts';

const { signal } = new AbortController();
const end = 9;
const logits = new Float32Array([1, 2]);

/** A sampler that chooses these in turn, whatever the logits, and tells the masks that it was given. */
function samplerOf(...chosen: readonly number[]) {
  const masks: (Int32Array | null)[] = [];
  const accepted: number[] = [];
  return {
    masks,
    accepted,
    sample: (_logits: Float32Array, mask: Int32Array | null) => {
      masks.push(mask);
      return { id: chosen[masks.length - 1] ?? end };
    },
    accept: (id: number) => void accepted.push(id),
  };
}

async function write(options: Partial<ConstructorParameters<typeof ChoiceTokens>[0]>) {
  const steps: number[] = [];
  const tokens = new ChoiceTokens({
    goOn: async (id) => {
      steps.push(id);
      return logits;
    },
    logits,
    sampler: samplerOf(1, 2),
    mask: null,
    endTokenIds: new Set([end]),
    limit: 8,
    signal,
    ...options,
  });
  const ids: number[] = [];
  for await (const { id } of tokens.tokens()) ids.push(id);
  return { ids, steps, chosen: tokens.ids, reason: tokens.reason };
}

test('ends by an end token, which counts and is neither told nor taken for a part of the answer', async () => {
  const sampler = samplerOf(1, 2);
  expect(await write({ sampler })).toEqual({ ids: [1, 2], steps: [1, 2], chosen: [1, 2, end], reason: 'stop' });
  expect(sampler.accepted).toEqual([1, 2]);
});

test('ends at the limit, and computes nothing behind it', async () => {
  expect(await write({ limit: 2 })).toEqual({ ids: [1, 2], steps: [1], chosen: [1, 2], reason: 'length' });
});

test('a grammar has its say before every token, and ends the answer where it ends', async () => {
  const allowed = new Int32Array([6]);
  const taken: number[] = [];
  const mask: TokenMask = {
    fill: () => allowed,
    accept: (id) => void taken.push(id),
    get isTerminated() {
      return taken.length === 2;
    },
    free: () => expect.unreachable(),
  };
  const sampler = samplerOf(1, 2, 1);
  expect(await write({ sampler, mask })).toEqual({ ids: [1, 2], steps: [1], chosen: [1, 2], reason: 'stop' });
  expect(sampler.masks).toEqual([allowed, allowed]);
  expect(taken).toEqual([1, 2]);
});

test('an abort during a step is noticed before the next token', async () => {
  const left = new AbortController();
  const sampler = samplerOf(1, 2);
  const goOn = async () => {
    left.abort();
    return logits;
  };
  await expect(write({ sampler, goOn, signal: left.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(sampler.accepted).toEqual([1]);
});
