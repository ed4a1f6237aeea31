import { expect, test } from 'vitest';
import { OneAtATime } from './one-at-a-time.ts';

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

test('what is asked for first ends before the next begins, whatever becomes of it', async () => {
  const turns = new OneAtATime();
  const log: string[] = [];
  const work = (name: string, failure?: Error) => async () => {
    log.push(`${name} begins`);
    await pause();
    log.push(`${name} ends`);
    if (failure) throw failure;
    return name;
  };
  const all = await Promise.allSettled([
    turns.run(work('a')),
    turns.run(work('b', new Error('no'))),
    turns.run(work('c')),
  ]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
