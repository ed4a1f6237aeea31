import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { answerWatch } from './answer-watch.ts';

/** Watches numbers, of which the first is told at once. */
function watchNumbers() {
  const { port1: page, port2: worker } = new MessageChannel();
  const told: number[] = [];
  page.onmessage = ({ data }) => told.push(data);
  let tell: (message: number) => void = () => undefined;
  const watching = answerWatch<number>(worker, async (options) => {
    tell = options.tell;
    options.tell(1);
    await new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve()));
  });
  return { page, told, watching, tell: (message: number) => tell(message) };
}

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
};

test('tells until the page aborts', async () => {
  const { page, told, watching, tell } = watchNumbers();
  tell(2);
  await until(() => told.length === 2);
  page.postMessage({ type: 'abort' });
  await watching;
  tell(3);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(told).toEqual([1, 2]);
});

test('ends where the browser tells that the page closed its port', async () => {
  const { page, watching } = watchNumbers();
  page.close();
  await watching;
});

test('a watch that fails says why, and closes the port', async () => {
  const { port1: page, port2: worker } = new MessageChannel();
  const told: unknown[] = [];
  page.addEventListener('message', ({ data }) => told.push(data));
  const closed = new Promise((resolve) => page.addEventListener('close', resolve));
  page.start();
  const unreadable = new OrillaError('storage.unavailable', 'unreadable');
  await answerWatch(worker, () => Promise.reject(unreadable));
  await closed;
  expect(told).toEqual([{ type: 'ended', error: expect.objectContaining({ code: 'storage.unavailable' }) }]);
});
