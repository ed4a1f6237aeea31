import { expect, test } from 'vitest';
import { runParallel } from './run-parallel.ts';

const never = new AbortController().signal;
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

test('does everything once, so many at a time', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  const work = async (item: number) => {
    running += 1;
    most = Math.max(most, running);
    await tick();
    running -= 1;
    done.push(item);
  };
  await runParallel([1, 2, 3, 4, 5, 6, 7], work, { parallel: 3, signal: never });
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('the first failure stops what runs, begins nothing more, and is what is thrown', async () => {
  const begun: number[] = [];
  const aborted: number[] = [];
  const work = async (item: number, { signal }: { readonly signal: AbortSignal }) => {
    begun.push(item);
    if (item === 2) throw new Error('second');
    await new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        aborted.push(item);
        reject(new Error('late'));
      }),
    );
  };
  await expect(runParallel([1, 2, 3, 4, 5], work, { parallel: 3, signal: never })).rejects.toThrow('second');
  expect(begun).toEqual([1, 2, 3]);
  expect(aborted).toEqual([1, 3]);
});

test('an abort from outside is thrown with its own reason', async () => {
  const controller = new AbortController();
  const work = async (item: number) => {
    if (item === 2) controller.abort();
    await tick();
  };
  await expect(runParallel([1, 2, 3], work, { parallel: 1, signal: controller.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('with nothing to do it is done', async () => {
  await runParallel([], () => Promise.reject(new Error('never')), { parallel: 3, signal: never });
});
