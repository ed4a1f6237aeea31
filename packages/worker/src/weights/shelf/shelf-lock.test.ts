import { expect, test } from 'vitest';
import { ShelfLock } from './shelf-lock.ts';

const { locks } = navigator;
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Two who note when they begin and end. */
async function order(one: ShelfLock, other: ShelfLock): Promise<readonly string[]> {
  const noted: string[] = [];
  const work = (name: string) => async () => {
    noted.push(`${name} begins`);
    await pause();
    noted.push(`${name} ends`);
  };
  await Promise.all([one.hold(work('a')), other.hold(work('b'))]);
  return noted;
}

const inTurn = ['a begins', 'a ends', 'b begins', 'b ends'];

test('changes of two tabs run one after the other', async () => {
  expect(await order(new ShelfLock(locks), new ShelfLock(locks))).toEqual(inTurn);
});

test('without locks those of one tab do', async () => {
  const lock = new ShelfLock(null);
  expect(await order(lock, lock)).toEqual(inTurn);
});

test.each([
  ['with', locks],
  ['without', null],
])('%s locks: gives what the work gives, raises what it raises, and the next goes on', async (_, some) => {
  const lock = new ShelfLock(some);
  const failed = lock.hold(() => Promise.reject(new Error('full')));
  const done = lock.hold(async () => 5);
  await expect(failed).rejects.toThrow('full');
  expect(await done).toBe(5);
});
