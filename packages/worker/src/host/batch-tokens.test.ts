import type { TokenEvent } from '@orilla/contract';
import { expect, test } from 'vitest';
import { batchTokens } from './batch-tokens.ts';

const token = (text: string): TokenEvent => ({ type: 'token', text, atMs: 0 });

function makeBatch() {
  const sent: string[] = [];
  const tasks: (() => void)[] = [];
  const send = (events: readonly TokenEvent[]) =>
    sent.push(events.map((event) => (event.type === 'token' ? event.text : '')).join(''));
  const batch = batchTokens(send, { afterTask: (task) => tasks.push(task) });
  const endTask = () => {
    for (const task of tasks.splice(0)) task();
  };
  return { batch, sent, endTask };
}

test('a token that comes alone goes at once', () => {
  const { batch, sent } = makeBatch();
  batch.push(token('a'));
  expect(sent).toEqual(['a']);
});

test('tokens that come within one task go in two messages at most', () => {
  const { batch, sent, endTask } = makeBatch();
  for (const text of 'abcd') batch.push(token(text));
  expect(sent).toEqual(['a']);
  endTask();
  expect(sent).toEqual(['a', 'bcd']);
});

test('the next task begins anew', () => {
  const { batch, sent, endTask } = makeBatch();
  batch.push(token('a'));
  endTask();
  batch.push(token('b'));
  expect(sent).toEqual(['a', 'b']);
  endTask();
  expect(sent).toEqual(['a', 'b']);
});

test('a flush sends what waits, once', () => {
  const { batch, sent, endTask } = makeBatch();
  batch.push(token('a'));
  batch.push(token('b'));
  batch.flush();
  batch.flush();
  endTask();
  expect(sent).toEqual(['a', 'b']);
});
