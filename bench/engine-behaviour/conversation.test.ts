import { expect, test } from 'vitest';
import type { Asked } from '../behaviour-page/behaviour-page.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { conversation, conversations, message } from './conversation.ts';
import { timeLimit } from './runs-in-time.ts';

const options = () => ({ turns: 3, words: 4, tokens: 2, random: seededRandom(1) });

test('each turn asks with all that was said before, and tells when its first token came', async () => {
  const asked: Asked[] = [];
  const firstMs = await conversation(async (what) => {
    asked.push(what);
    return { text: `answer ${asked.length}`, tokens: 2, atMs: [asked.length * 10, 99] };
  }, options());
  expect(firstMs).toEqual([10, 20, 30]);
  expect(asked.map(({ messages }) => messages.length)).toEqual([1, 3, 5]);
  expect(asked[2]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
  expect(asked[2]?.messages[3]?.content).toBe('answer 2');
});

test('messages are equally long, and others in every turn', async () => {
  const said: string[] = [];
  await conversation(async ({ messages }) => {
    said.push(String(messages.at(-1)?.content));
    return { text: '', tokens: 2, atMs: [1] };
  }, options());
  expect(new Set(said.map(({ length }) => length))).toEqual(new Set([19]));
  expect(new Set(said).size).toBe(3);
});

test('an answer that ends early makes turns of other lengths: nothing is compared', async () => {
  const short = async () => ({ text: 'a', tokens: 1, atMs: [1] });
  await expect(conversation(short, options())).rejects.toThrow('Answer 1 of a conversation had 1 of 2 tokens.');
});

test('an answer without text has no first token', async () => {
  const silent = async () => ({ text: '', tokens: 2, atMs: [] });
  await expect(conversation(silent, options())).rejects.toThrow('Answer 1');
});

test('the same seed draws the same words', () => {
  expect(message(5, seededRandom(3))).toBe(message(5, seededRandom(3)));
  expect(message(5, seededRandom(3))).not.toBe(message(5, seededRandom(4)));
});

test('several conversations follow on a first one, which does not count', async () => {
  let talks = 0;
  const talk = async () => [++talks];
  const limit = timeLimit(60_000);
  expect(await conversations(talk, { first: [99], count: 3, limit })).toEqual([[1], [2], [3]]);
});

test('where there is no time for more, the first one is what there is', async () => {
  const talk = () => Promise.reject(new Error('no time'));
  expect(await conversations(talk, { first: [99], count: 3, limit: timeLimit(-1) })).toEqual([[99]]);
});
