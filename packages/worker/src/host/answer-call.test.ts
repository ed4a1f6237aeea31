import type { CallMessage, LoadProgress, TokenEvent } from '@orilla/contract';
import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { answerCall, type Call } from './answer-call.ts';

const token = (text: string): TokenEvent => ({ type: 'token', text, atMs: 0 });
const progress: LoadProgress = {
  phase: 'download',
  storedBytes: 1,
  totalBytes: 2,
  fetchedBytes: 1,
  bytesPerSecond: 1,
  secondsLeft: 1,
};

/** Makes a call on a real channel and collects what comes back until its last message. */
function callWith(work: (call: Call) => Promise<unknown>) {
  const { port1: page, port2: worker } = new MessageChannel();
  const messages: CallMessage<unknown>[] = [];
  const ended = new Promise<CallMessage<unknown>>((resolve) => {
    page.onmessage = ({ data }) => {
      messages.push(data);
      if (data.type === 'done' || data.type === 'error') resolve(data);
    };
  });
  const stopped = answerCall(worker, work);
  return { page, messages, ended, stopped };
}

const untilAborted = ({ signal }: Call) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('sends progress and tokens in their order, and the result last', async () => {
  const { ended, messages } = callWith(async (call) => {
    call.progress(progress);
    call.token(token('a'));
    call.token(token('b'));
    return 42;
  });
  expect(await ended).toEqual({ type: 'done', result: 42 });
  expect(messages.map(({ type }) => type)).toEqual(['progress', 'tokens', 'tokens', 'done']);
});

test('an error crosses whole', async () => {
  const { ended } = callWith(() =>
    Promise.reject(new OrillaError('storage.quota-exceeded', 'No room.', { advice: 'Make room.' })),
  );
  expect(await ended).toMatchObject({
    type: 'error',
    error: { kind: 'orilla', code: 'storage.quota-exceeded', message: 'No room.', advice: 'Make room.' },
  });
});

test('tokens before an error are not lost', async () => {
  const { ended, messages } = callWith(async (call) => {
    call.token(token('a'));
    call.token(token('b'));
    throw new Error('broken');
  });
  await ended;
  expect(messages.flatMap((message) => (message.type === 'tokens' ? message.events : []))).toHaveLength(2);
});

test('an abort reaches the work, and is answered as an abort', async () => {
  const { page, ended, stopped } = callWith(untilAborted);
  page.postMessage({ type: 'abort' });
  expect(await ended).toMatchObject({ type: 'error', error: { kind: 'abort' } });
  await stopped;
});

test('an abort is answered at once, however long the work takes to stop', async () => {
  const slow = Promise.withResolvers<void>();
  const { page, ended, stopped } = callWith(async ({ signal }) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await slow.promise;
  });
  let hasStopped = false;
  const watched = stopped.then(() => {
    hasStopped = true;
  });
  page.postMessage({ type: 'abort' });
  await ended;
  expect(hasStopped).toBe(false);
  slow.resolve();
  await watched;
});

test('nothing is sent after the last message', async () => {
  const late = Promise.withResolvers<void>();
  const { page, ended, messages, stopped } = callWith(async (call) => {
    await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()));
    await late.promise;
    call.token(token('late'));
    call.progress(progress);
    return 'late';
  });
  page.postMessage({ type: 'abort' });
  await ended;
  late.resolve();
  await stopped;
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(messages).toHaveLength(1);
});

test('where the browser tells that the page closed its port, the work is stopped', async () => {
  const { page, stopped } = callWith(untilAborted);
  page.close();
  await stopped;
});
