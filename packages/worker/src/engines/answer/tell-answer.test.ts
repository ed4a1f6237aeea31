import type { FinishReason, TokenEvent } from '@orilla/contract';
import { expect, test } from 'vitest';
import type { AnswerEvent } from '../../text/answer-events.ts';
import { samplingSettings } from '../request/sampling-settings.ts';
import type { ChoiceEnd } from './choice-events.ts';
import { endOfFullAnswer, tellAnswer } from './tell-answer.ts';

async function* choiceOf(text: string, end: ChoiceEnd): AsyncGenerator<AnswerEvent, ChoiceEnd, undefined> {
  yield { type: 'token', text, atMs: 1 };
  return end;
}
const ended = (reason: FinishReason, tokens: number, cachedTokens: number): ChoiceEnd => ({
  reason,
  tokens,
  cachedTokens,
});

function planOf(n: number) {
  const settings = samplingSettings({ model: 'm', messages: [], n }, { features: ['multiple-choices'] });
  return { settings, emitted: undefined, prompt: [1, 2, 3] };
}

async function eventsOf(stream: AsyncIterable<TokenEvent>): Promise<TokenEvent[]> {
  const events: TokenEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

test('one answer ends with its usage, and with no number', async () => {
  const [, finish] = await eventsOf(tellAnswer(planOf(1), [choiceOf('a', ended('stop', 4, 9))], { most: 1 }));
  expect(finish).toEqual({
    type: 'finish',
    reason: 'stop',
    promptTokens: 3,
    completionTokens: 4,
    cachedTokens: 3, // of the prompt, which has no more
    atMs: expect.any(Number),
  });
});

test('several end each by itself, the last of them with the usage of all', async () => {
  const answers = [choiceOf('a', ended('stop', 4, 1)), choiceOf('b', ended('length', 5, 3))];
  const events = await eventsOf(tellAnswer(planOf(2), answers, { most: 1 }));
  expect(events.filter(({ type }) => type !== 'token')).toEqual([
    { type: 'choice-end', choice: 0, reason: 'stop', atMs: expect.any(Number) },
    expect.objectContaining({ type: 'finish', choice: 1, reason: 'length', completionTokens: 9, cachedTokens: 1 }),
  ]);
});

test('tokens that a continued answer had before are a part of it', async () => {
  const plan = { ...planOf(1), emitted: { text: 'x', tokens: 2 } };
  const events = await eventsOf(tellAnswer(plan, [choiceOf('a', ended('stop', 4, 0))], { most: 1 }));
  expect(events.at(-1)).toMatchObject({ completionTokens: 6 });
  expect(endOfFullAnswer(plan)).toMatchObject({ type: 'finish', reason: 'length', completionTokens: 2 });
});
