import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestQueue } from './request-queue.ts';

const signal = new AbortController().signal;
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test('gives as many turns as the engine takes, and the next one when one ends', async () => {
  const queue = new RequestQueue({ parallel: 2, maxWaiting: 4 });
  const endFirst = await queue.takeTurn({ signal });
  await queue.takeTurn({ signal });
  let hasTurn = false;
  const third = queue.takeTurn({ signal }).then(() => {
    hasTurn = true;
  });
  await settle();
  expect(hasTurn).toBe(false);
  endFirst();
  await third;
  expect(hasTurn).toBe(true);
});

test('first come, first served', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 9 });
  let end = await queue.takeTurn({ signal });
  const order: number[] = [];
  const all = [1, 2, 3, 4].map(async (number) => {
    const endMine = await queue.takeTurn({ signal });
    order.push(number);
    end = endMine;
    endMine();
  });
  end();
  await Promise.all(all);
  expect(order).toEqual([1, 2, 3, 4]);
});

test('one more than may wait is refused, in words that help', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 1 });
  await queue.takeTurn({ signal });
  queue.takeTurn({ signal });
  await expect(queue.takeTurn({ signal })).rejects.toMatchObject({
    code: 'engine.failed',
    isRetryable: true,
    advice: expect.any(String),
  });
});

test('who aborts while waiting leaves the queue, and the next one moves up', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 2 });
  const end = await queue.takeTurn({ signal });
  const controller = new AbortController();
  const impatient = queue.takeTurn({ signal: controller.signal });
  const patient = queue.takeTurn({ signal });
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ name: 'AbortError' });
  end();
  await patient;
});

test('who is aborted already takes no turn', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 0 });
  await expect(queue.takeTurn({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  await queue.takeTurn({ signal });
});

test('ending a turn twice gives no second one away', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 2 });
  const end = await queue.takeTurn({ signal });
  end();
  end();
  await queue.takeTurn({ signal });
  let hasTurn = false;
  queue.takeTurn({ signal }).then(() => {
    hasTurn = true;
  });
  await settle();
  expect(hasTurn).toBe(false);
});

test('whatever comes, goes and leaves: never more than allowed run, and nobody waits while there is room', async () => {
  const step = fc.constantFrom('come', 'end', 'abort');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const queue = new RequestQueue({ parallel: 2, maxWaiting: 3 });
      const running: (() => void)[] = [];
      const waiting = new Set<AbortController>();
      for (const now of steps) {
        if (now === 'come') {
          const controller = new AbortController();
          waiting.add(controller);
          queue
            .takeTurn({ signal: controller.signal })
            .then((end) => running.push(end))
            .catch(() => undefined)
            .finally(() => waiting.delete(controller));
        }
        if (now === 'end') running.shift()?.();
        if (now === 'abort') [...waiting].at(-1)?.abort();
        await settle();
        expect(running.length).toBeLessThanOrEqual(2);
        expect(waiting.size).toBeLessThanOrEqual(3);
        if (waiting.size > 0) expect(running.length).toBe(2);
      }
    }),
    { numRuns: 50 },
  );
});
