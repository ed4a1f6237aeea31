import type { TokenEvent } from '@orilla/contract';
import { expect, test } from 'vitest';
import { severalChoices } from './several-choices.ts';

async function* answer(choice: number): AsyncGenerator<TokenEvent> {
  yield { type: 'token', text: `answer ${choice}`, atMs: choice };
  const usage = { promptTokens: 7, completionTokens: 2 + choice, cachedTokens: choice * 6 };
  yield { type: 'finish', reason: choice === 0 ? 'length' : 'stop', ...usage, atMs: choice };
}

test('one answer after the other, each told by its number, with all their tokens at the end', async () => {
  const events: TokenEvent[] = [];
  for await (const event of severalChoices(2, answer)) events.push(event);
  expect(events).toEqual([
    { type: 'token', text: 'answer 0', choice: 0, atMs: 0 },
    { type: 'choice-end', choice: 0, reason: 'length', atMs: 0 },
    { type: 'token', text: 'answer 1', choice: 1, atMs: 1 },
    {
      type: 'finish',
      choice: 1,
      reason: 'stop',
      promptTokens: 7,
      completionTokens: 5,
      // What the second answer found was read for the first.
      cachedTokens: 0,
      atMs: 1,
    },
  ]);
});

test('leaving it ends the answer that is being made, and begins no other', async () => {
  const ended: number[] = [];
  async function* watched(choice: number) {
    try {
      yield* answer(choice);
    } finally {
      ended.push(choice);
    }
  }
  for await (const _ of severalChoices(3, watched)) break;
  expect(ended).toEqual([0]);
});
