import { expect, test } from 'vitest';
import { isOpenIn } from './is-open.ts';
import { openLock } from './lock-names.ts';

const { locks } = navigator;

/** Holds a lock while something else is done. */
const holding = <T>(name: string, mode: LockMode, work: () => Promise<T>) => locks.request(name, { mode }, work);

test('a package is open while somebody computes with it, however many do', async () => {
  const isOpen = isOpenIn(locks);
  expect(await isOpen('one')).toBe(false);
  await holding(openLock('one'), 'shared', () =>
    holding(openLock('one'), 'shared', async () => {
      expect(await isOpen('one')).toBe(true);
      expect(await isOpen('on')).toBe(false);
      expect(await isOpen('other')).toBe(false);
    }),
  );
  expect(await isOpen('one')).toBe(false);
});

test('a package that is downloaded is open, and one that somebody waits for', async () => {
  const isOpen = isOpenIn(locks);
  let next: Promise<unknown> = Promise.resolve();
  await holding('orilla-download-one', 'exclusive', async () => {
    expect(await isOpen('one')).toBe(true);
    next = holding('orilla-download-one', 'exclusive', async () => undefined);
  });
  await next;
  expect(await isOpen('one')).toBe(false);
});

test('where there are no locks nothing counts as open', async () => {
  expect(await isOpenIn(null)('one')).toBe(false);
});
