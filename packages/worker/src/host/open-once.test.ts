import { expect, test } from 'vitest';
import { openOnce } from './open-once.ts';

test('opens with the first call, and once for all of them', async () => {
  let times = 0;
  const once = openOnce(async () => ++times);
  expect(once.opened).toBeNull();
  expect(await Promise.all([once.get(), once.get()])).toEqual([1, 1]);
  expect(await once.get()).toBe(1);
  expect(await once.opened).toBe(1);
});

test('what failed is tried again', async () => {
  let times = 0;
  const once = openOnce(async () => {
    times += 1;
    if (times === 1) throw new Error('offline');
    return times;
  });
  await expect(once.get()).rejects.toThrow('offline');
  expect(once.opened).toBeNull();
  expect(await once.get()).toBe(2);
});
