import { expect, test } from 'vitest';
import { streamOfCallbacks } from './stream-of-callbacks.ts';

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test('gives everything that was pushed, in order', async () => {
  const stream = streamOfCallbacks<number>(
    async (push) => {
      push(1);
      await tick();
      push(2);
      push(3);
    },
    () => undefined,
  );
  expect(await all(stream)).toEqual([1, 2, 3]);
});

test('what was pushed before a failure comes before the failure', async () => {
  const stream = streamOfCallbacks<number>(
    async (push) => {
      push(1);
      throw new Error('broken');
    },
    () => undefined,
  );
  expect((await stream.next()).value).toBe(1);
  await expect(stream.next()).rejects.toThrow('broken');
});

test('a failure while the reader is busy is no unhandled one', async () => {
  const stream = streamOfCallbacks<number>(
    async (push) => {
      push(1);
      await tick();
      throw new Error('broken');
    },
    () => undefined,
  );
  await stream.next();
  await tick();
  await tick();
  await expect(stream.next()).rejects.toThrow('broken');
});

test('leaving stops the function, and the loop ends only when it has stopped', async () => {
  const order: string[] = [];
  const stopped = Promise.withResolvers<void>();
  const stream = streamOfCallbacks<number>(
    async (push) => {
      push(1);
      await stopped.promise;
      await tick();
      order.push('function ended');
      throw new Error('nobody cares');
    },
    () => {
      order.push('told to stop');
      stopped.resolve();
    },
  );
  for await (const item of stream) if (item === 1) break;
  order.push('loop ended');
  expect(order).toEqual(['told to stop', 'function ended', 'loop ended']);
});

test('a function that has ended is not told to stop', async () => {
  let isTold = false;
  const stream = streamOfCallbacks<number>(
    async (push) => push(1),
    () => {
      isTold = true;
    },
  );
  await all(stream);
  expect(isTold).toBe(false);
});
