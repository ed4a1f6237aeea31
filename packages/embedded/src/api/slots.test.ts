import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

const { signal } = new AbortController();

test('places are given at once while there are any', async () => {
  const slots = createSlots({ places: 2, line: 0 });
  await slots.acquire({ signal });
  await slots.acquire({ signal });
  expect(slots.busy).toBe(2);
});

test('who finds the line full is told so at once, retryable', async () => {
  const slots = createSlots({ places: 1, line: 0 });
  await slots.acquire({ signal });
  await expect(slots.acquire({ signal })).rejects.toMatchObject({
    code: 'relay.overloaded',
    status: 503,
    isRetryable: true,
  });
});

test('a released place goes to who has waited longest', async () => {
  const slots = createSlots({ places: 1, line: 2 });
  const order: string[] = [];
  const first = await slots.acquire({ signal });
  const second = slots.acquire({ signal }).then((release) => {
    order.push('second');
    return release;
  });
  const third = slots.acquire({ signal }).then(() => order.push('third'));
  expect(slots.waiting).toBe(2);
  first();
  (await second)();
  await third;
  expect(order).toEqual(['second', 'third']);
});

test('releasing twice frees one place only', async () => {
  const slots = createSlots({ places: 2, line: 0 });
  const release = await slots.acquire({ signal });
  await slots.acquire({ signal });
  release();
  release();
  expect(slots.busy).toBe(1);
});

test('who leaves the line takes no place', async () => {
  const slots = createSlots({ places: 1, line: 1 });
  const release = await slots.acquire({ signal });
  const controller = new AbortController();
  const waiting = slots.acquire({ signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  expect(slots.waiting).toBe(0);
  release();
  expect(slots.busy).toBe(0);
});

test('who has left already does not enter the line', async () => {
  const slots = createSlots({ places: 1, line: 1 });
  await expect(slots.acquire({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  expect(slots.busy).toBe(0);
});

test('an abort after the place was given changes nothing', async () => {
  const slots = createSlots({ places: 1, line: 1 });
  const release = await slots.acquire({ signal });
  const controller = new AbortController();
  const waiting = slots.acquire({ signal: controller.signal });
  release();
  const second = await waiting;
  controller.abort();
  expect(slots.busy).toBe(1);
  second();
  expect(slots.busy).toBe(0);
});

test('several places are given together or not at all, and who needs many is not passed by', async () => {
  const slots = createSlots({ places: 3, line: 3 });
  const first = await slots.acquire({ count: 2, signal });
  const order: string[] = [];
  const two = slots.acquire({ count: 2, signal }).then((release) => {
    order.push('two');
    return release;
  });
  const one = slots.acquire({ signal }).then(() => order.push('one'));
  await Promise.resolve();
  expect([slots.busy, slots.waiting]).toEqual([2, 2]);
  first();
  await two;
  await one;
  expect(order).toEqual(['two', 'one']);
  expect(slots.busy).toBe(3);
});

test('when the first in line leaves, those behind who fit go in', async () => {
  const slots = createSlots({ places: 2, line: 3 });
  await slots.acquire({ signal });
  const controller = new AbortController();
  const both = slots.acquire({ count: 2, signal: controller.signal });
  const one = slots.acquire({ signal });
  controller.abort();
  await expect(both).rejects.toMatchObject({ name: 'AbortError' });
  await one;
  expect([slots.busy, slots.waiting]).toEqual([2, 0]);
});

test('never are more places out than there are, and all come back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ isAborted: fc.boolean(), count: fc.integer({ min: 1, max: 4 }) }), { maxLength: 20 }),
      async (places, askers) => {
        const slots = createSlots({ places, line: 20 });
        let out = 0;
        let most = 0;
        await Promise.allSettled(
          askers.map(async ({ isAborted, count: wanted }) => {
            const count = Math.min(wanted, places);
            const controller = new AbortController();
            const acquired = slots.acquire({ count, signal: controller.signal });
            if (isAborted) controller.abort();
            const release = await acquired;
            out += count;
            most = Math.max(most, out);
            await Promise.resolve();
            out -= count;
            release();
          }),
        );
        expect(most).toBeLessThanOrEqual(places);
        expect([slots.busy, slots.waiting]).toEqual([0, 0]);
      },
    ),
  );
});
