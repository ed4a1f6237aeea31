import type { Receipt, Route } from '@orilla/contract';
import { expect, test } from 'vitest';
import type { ShownError } from '../errors/error-kind.ts';
import { type ConversationEvent, converse, emptyConversation, isRunning, toMessages } from './conversation.ts';

const route: Route = { place: 'device', model: 'pkg', packageId: 'pkg', reasons: [] };
const receipt: Receipt = {
  requestId: 'r1',
  startedAt: '2026-01-01T00:00:00.000Z',
  privacy: { label: 'organization' },
  reasons: [],
  parts: [],
  usage: null,
  finishReason: 'stop',
};
const error: ShownError = { kind: 'engineFailed', code: 'engine.failed', message: 'Lost.', isRetryable: true };

const instruction = { role: 'system', content: 'You are a helpful assistant.' };

const after = (...events: ConversationEvent[]) => events.reduce(converse, emptyConversation);
const asked = (id: number, question = `question ${id}`): ConversationEvent => ({
  type: 'asked',
  id,
  question,
  model: 'starter',
});
const started = (id: number): ConversationEvent => ({ type: 'started', id, route });
const grew = (id: number, text: string): ConversationEvent => ({ type: 'grew', id, text });
const finished = (id: number): ConversationEvent => ({ type: 'finished', id, receipt });

test('a conversation may travel within the organization until somebody narrows it', () => {
  expect(emptyConversation.label).toBe('organization');
});

test('an answer waits, streams and finishes', () => {
  expect(after(asked(1)).turns[0]?.answer).toEqual({ status: 'waiting' });
  expect(after(asked(1), started(1)).turns[0]?.answer).toEqual({ status: 'streaming', text: '', route });
  const { turns } = after(asked(1), started(1), grew(1, 'Par'), grew(1, 'is'), finished(1));
  expect(turns[0]?.answer).toEqual({ status: 'finished', text: 'Paris', route, receipt });
});

test('an answer that is stopped keeps what was written', () => {
  const { turns } = after(asked(1), started(1), grew(1, 'Once upon'), { type: 'stopped', id: 1, receipt });
  expect(turns[0]?.answer).toEqual({ status: 'stopped', text: 'Once upon', route, receipt });
});

test('an answer that is stopped before it began has no place', () => {
  const { turns } = after(asked(1), { type: 'stopped', id: 1, receipt: null });
  expect(turns[0]?.answer).toEqual({ status: 'stopped', text: '', route: null, receipt: null });
});

test('an answer that fails keeps what was written, and where', () => {
  const { turns } = after(asked(1), started(1), grew(1, 'Once'), { type: 'failed', id: 1, error });
  expect(turns[0]?.answer).toEqual({ status: 'failed', text: 'Once', route, error });
});

test('nothing changes an answer that has ended: late text, a second end', () => {
  const ended = after(asked(1), started(1), finished(1));
  for (const late of [grew(1, 'late'), { type: 'failed', id: 1, error } as const, started(1)]) {
    expect(converse(ended, late)).toEqual(ended);
  }
});

test('text before a start is not shown, since nobody could say where it came from', () => {
  expect(after(asked(1), grew(1, 'x')).turns[0]?.answer).toEqual({ status: 'waiting' });
});

test('events of one turn leave the others alone', () => {
  const { turns } = after(asked(1), started(1), finished(1), asked(2), started(2), grew(2, 'two'));
  expect(turns.map((turn) => turn.answer.status)).toEqual(['finished', 'streaming']);
});

test('each question keeps the label that it was asked under', () => {
  const { turns, label } = after(asked(1), { type: 'labelled', label: 'device' }, asked(2));
  expect(turns.map((turn) => turn.label)).toEqual(['organization', 'device']);
  expect(label).toBe('device');
});

test('asking again takes the label and the model of now', () => {
  const { turns } = after(
    { type: 'labelled', label: 'device' },
    asked(1),
    { type: 'failed', id: 1, error },
    { type: 'labelled', label: 'organization' },
    { type: 'retried', id: 1, model: 'larger' },
  );
  expect(turns[0]).toMatchObject({ label: 'organization', model: 'larger', answer: { status: 'waiting' } });
});

test('a new conversation is empty and keeps the label: it never widens by itself', () => {
  expect(after({ type: 'labelled', label: 'device' }, asked(1), { type: 'cleared' })).toEqual({
    label: 'device',
    turns: [],
  });
});

test('events of a conversation that was cleared change nothing', () => {
  expect(after(asked(1), { type: 'cleared' }, started(1), grew(1, 'late'), finished(1)).turns).toEqual([]);
});

test('only a turn that waits or streams is running', () => {
  expect(isRunning(undefined)).toBe(false);
  expect(isRunning(after(asked(1)).turns[0])).toBe(true);
  expect(isRunning(after(asked(1), started(1)).turns[0])).toBe(true);
  expect(isRunning(after(asked(1), started(1), finished(1)).turns[0])).toBe(false);
});

test('a model gets the exchanges before the question, and the question last', () => {
  const { turns } = after(asked(1, 'first'), started(1), grew(1, 'one'), finished(1), asked(2, 'second'));
  expect(toMessages(turns, 2)).toEqual([
    instruction,
    { role: 'user', content: 'first' },
    { role: 'assistant', content: 'one' },
    { role: 'user', content: 'second' },
  ]);
});

test('what was asked on this device alone does not leave with a later question', () => {
  const { turns } = after(
    { type: 'labelled', label: 'device' },
    asked(1, 'secret'),
    started(1),
    grew(1, 'secret answer'),
    finished(1),
    { type: 'labelled', label: 'organization' },
    asked(2, 'open'),
    started(2),
    grew(2, 'open answer'),
    finished(2),
    asked(3, 'still open'),
    { type: 'labelled', label: 'device' },
    asked(4, 'secret again'),
  );
  const given = (id: number) =>
    toMessages(turns, id)
      .slice(1)
      .map(({ content }) => content);
  expect(given(2)).toEqual(['open']);
  expect(given(3)).toEqual(['open', 'open answer', 'still open']);
  expect(given(4)).toEqual(['secret', 'secret answer', 'open', 'open answer', 'secret again']);
});

test('a model does not get questions that failed or were stopped without a word', () => {
  const { turns } = after(
    asked(1, 'failed'),
    { type: 'failed', id: 1, error },
    asked(2, 'stopped early'),
    { type: 'stopped', id: 2, receipt: null },
    asked(3, 'stopped late'),
    started(3),
    grew(3, 'some'),
    { type: 'stopped', id: 3, receipt },
    asked(4, 'now'),
  );
  expect(
    toMessages(turns, 4)
      .slice(1)
      .map(({ content }) => content),
  ).toEqual(['stopped late', 'some', 'now']);
});

test('asking an earlier question again gives the model nothing that came after it', () => {
  const { turns } = after(asked(1, 'first'), { type: 'failed', id: 1, error }, asked(2, 'second'));
  expect(toMessages(turns, 1)).toEqual([instruction, { role: 'user', content: 'first' }]);
});
