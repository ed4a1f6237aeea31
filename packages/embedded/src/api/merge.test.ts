import { expect, test } from 'vitest';
import { merge } from './merge.ts';

async function* count(to: number, log: string[] = [], name = ''): AsyncGenerator<number, void, void> {
  try {
    for (let number = 1; number <= to; number++) {
      await Promise.resolve();
      yield number;
    }
  } finally {
    log.push(`${name} closed`);
  }
}

async function* fail(): AsyncGenerator<number, void, void> {
  yield 1;
  throw new Error('out of memory');
}

test('every event comes once, with its stream, each stream in its order', async () => {
  const seen: number[][] = [[], [], []];
  for await (const { index, event } of merge([count(3), count(0), count(5)])) seen[index]?.push(event);
  expect(seen).toEqual([[1, 2, 3], [], [1, 2, 3, 4, 5]]);
});

test('a stream that is slow does not hold the others back', async () => {
  const { promise, resolve: goOn } = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<number, void, void> {
    await promise;
    yield 0;
  }
  const order: number[] = [];
  for await (const { index } of merge([slow(), count(2)])) {
    order.push(index);
    if (order.length === 2) goOn();
  }
  expect(order).toEqual([1, 1, 0]);
});

test('leaving the loop closes all streams', async () => {
  const log: string[] = [];
  for await (const { event } of merge([count(9, log, 'a'), count(9, log, 'b')])) if (event === 2) break;
  expect(log.sort()).toEqual(['a closed', 'b closed']);
});

test('an error of one is thrown and closes the others', async () => {
  const log: string[] = [];
  const run = async () => {
    for await (const _ of merge([fail(), count(9, log, 'b')]));
  };
  await expect(run()).rejects.toThrow('out of memory');
  expect(log).toEqual(['b closed']);
});

test('nothing to merge ends at once', async () => {
  for await (const _ of merge([])) expect.unreachable();
});
