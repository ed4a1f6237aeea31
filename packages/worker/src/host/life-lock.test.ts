import { expect, test } from 'vitest';
import { holdLifeLock } from './life-lock.ts';

test('takes a lock of its own and never gives it back', async () => {
  const { locks } = navigator;
  const [one, two] = await Promise.all([holdLifeLock(locks), holdLifeLock(locks)]);
  expect(one).toMatch(/^orilla-worker-[0-9a-f]{32}$/);
  expect(two).not.toBe(one);
  const { held = [] } = await locks.query();
  expect(held.map(({ name }) => name)).toEqual(expect.arrayContaining([one, two]));
});

test('where there are no locks there is no name', async () => {
  expect(await holdLifeLock(undefined)).toBeNull();
});

test('where the locks may not be used there is no name either', async () => {
  const refusing: Pick<LockManager, 'request'> = {
    request: () => Promise.reject(new DOMException('opaque origin', 'SecurityError')),
  };
  expect(await holdLifeLock(refusing)).toBeNull();
});
