import { expect, test } from 'vitest';
import { TokenSequence } from './token-sequence.ts';

const { signal } = new AbortController();

/** A model that remembers what it was asked. */
function model() {
  const asked: (readonly (number | string)[] | 'reset')[] = [];
  let failure: Error | null = null;
  return {
    asked,
    failNext: (error: Error) => {
      failure = error;
    },
    forward: async (ids: readonly number[]) => {
      asked.push(ids);
      const error = failure;
      failure = null;
      if (error) throw error;
      return new Float32Array([ids.at(-1) ?? 0]);
    },
    reset: async () => {
      asked.push('reset');
    },
  };
}

test('computes a prompt in pieces, and gives what comes behind all of it', async () => {
  const one = model();
  const { logits, cachedTokens } = await new TokenSequence(one, 2).begin([1, 2, 3, 4, 5], { signal });
  expect(one.asked).toEqual(['reset', [1, 2], [3, 4], [5]]);
  expect([...logits]).toEqual([5]);
  expect(cachedTokens).toBe(0);
});

test('a prompt that goes on behind what is held costs only what is new', async () => {
  const one = model();
  const sequence = new TokenSequence(one, 8);
  await sequence.begin([1, 2], { signal });
  await sequence.goOn(3);
  one.asked.length = 0;
  expect(await sequence.begin([1, 2, 3, 4, 5], { signal })).toMatchObject({ cachedTokens: 3 });
  expect(one.asked).toEqual([[4, 5]]);
});

test.each([
  ['another beginning', [9, 2, 3]],
  ['the same prompt, of which nothing would be left to compute', [1, 2]],
  ['a part of it', [1]],
])('a model that can’t be shortened begins anew for %s', async (_, ids) => {
  const one = model();
  const sequence = new TokenSequence(one, 8);
  await sequence.begin([1, 2], { signal });
  one.asked.length = 0;
  expect(await sequence.begin(ids, { signal })).toMatchObject({ cachedTokens: 0 });
  expect(one.asked).toEqual(['reset', ids]);
});

test('an abort is noticed between two pieces, and what was computed before it is of use later', async () => {
  const one = model();
  const sequence = new TokenSequence(one, 2);
  const left = new AbortController();
  const forward = one.forward;
  one.forward = async (ids) => {
    left.abort();
    return forward(ids);
  };
  await expect(sequence.begin([1, 2, 3, 4], { signal: left.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(one.asked).toEqual(['reset', [1, 2]]);
  expect(await sequence.begin([1, 2, 3, 4], { signal })).toMatchObject({ cachedTokens: 2 });
});

test('after a step that failed nothing of what it holds is believed', async () => {
  const one = model();
  const sequence = new TokenSequence(one, 8);
  await sequence.begin([1, 2], { signal });
  one.failNext(new Error('failed'));
  await expect(sequence.goOn(3)).rejects.toThrow('failed');
  one.asked.length = 0;
  expect(await sequence.begin([1, 2, 3, 4], { signal })).toMatchObject({ cachedTokens: 0 });
  expect(one.asked).toEqual(['reset', [1, 2, 3, 4]]);
});

/** Long enough to be worth keeping. */
const prompt = Array.from({ length: 20 }, (_, place) => place);

test.each([
  ['another end', [...prompt.slice(0, 18), 99], [['drop', 2], [99]], 18],
  ['the same prompt, of which the last token is computed again', prompt, [['drop', 1], [19]], 19],
  ['a part of it', prompt.slice(0, 18), [['drop', 3], [17]], 17],
  ['another beginning', [9, 2, 3], ['reset', [9, 2, 3]], 0],
  ['a beginning that is too short to be worth it', [0, 1, 2, 9], ['reset', [0, 1, 2, 9]], 0],
])('one that can be keeps what the prompt begins with, for %s', async (_, ids, asked, cachedTokens) => {
  const one = model();
  const drop = async (tokens: number) => void one.asked.push(['drop', tokens]);
  const sequence = new TokenSequence({ ...one, drop }, 32);
  await sequence.begin(prompt, { signal });
  one.asked.length = 0;
  expect(await sequence.begin(ids, { signal })).toMatchObject({ cachedTokens });
  expect(one.asked).toEqual(asked);
});

test('after a drop that failed nothing of what it holds is believed', async () => {
  const one = model();
  const drop = () => Promise.reject(new Error('failed'));
  const sequence = new TokenSequence({ ...one, drop }, 32);
  await sequence.begin(prompt, { signal });
  await expect(sequence.begin(prompt, { signal })).rejects.toThrow('failed');
  one.asked.length = 0;
  await sequence.begin(prompt, { signal });
  expect(one.asked).toEqual(['reset', prompt]);
});
