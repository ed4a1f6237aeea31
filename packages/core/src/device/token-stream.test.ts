import { setTimeout as delay } from 'node:timers/promises';
import type { TokenEvent } from '@orilla/contract';
import { expect, test } from 'vitest';
import { tokenStream } from './token-stream.ts';
import { finish, token } from './worker.double.ts';

const read = async (stream: AsyncIterable<TokenEvent>) => {
  const texts: string[] = [];
  for await (const event of stream)
    texts.push(event.type === 'token' ? event.text : event.type === 'finish' ? event.reason : event.type);
  return texts;
};
const never = () => expect.unreachable('nothing was to be cancelled');

test('hands on every event in order, whether pushed at once or one by one', async () => {
  const stream = tokenStream(async (push) => {
    push([token('a'), token('b')]);
    await delay(1);
    push([token('c')]);
    push([finish(3)]);
  }, never);
  expect(await read(stream)).toEqual(['a', 'b', 'c', 'stop']);
});

test('an answer without a token ends', async () => {
  expect(await read(tokenStream(async () => undefined, never))).toEqual([]);
});

test('what arrived before an error is read, then the error is thrown', async () => {
  const texts: string[] = [];
  const stream = tokenStream(async (push) => {
    push([token('a')]);
    throw new Error('lost');
  }, never);
  const reading = (async () => {
    for await (const event of stream) texts.push(event.type);
  })();
  await expect(reading).rejects.toThrow('lost');
  expect(texts).toEqual(['token']);
});

test('a call that fails while the reader is elsewhere is thrown when the reader comes back', async () => {
  const stream = tokenStream(async (push) => {
    push([token('a')]);
    await delay(1);
    throw new Error('lost meanwhile');
  }, never);
  await stream.next();
  await delay(5);
  await expect(stream.next()).rejects.toThrow('lost meanwhile');
});

test('leaving the loop cancels the call', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = tokenStream(async (push) => {
    push([token('a'), token('b')]);
    await promise;
  }, resolve);
  for await (const event of stream) {
    expect(event).toEqual(token('a'));
    break;
  }
  await promise;
});

test('leaving the loop does not throw what the cancelled call then says', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const stream = tokenStream(
    (push) => {
      push([token('a')]);
      return promise;
    },
    () => reject(new DOMException('stopped', 'AbortError')),
  );
  await stream.next();
  await expect(stream.return(undefined)).resolves.toEqual({ done: true, value: undefined });
});
