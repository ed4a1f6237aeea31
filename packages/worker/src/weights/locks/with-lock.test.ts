import { expect, test } from 'vitest';
import { holdSharedLock, withLock } from './with-lock.ts';

const { locks } = navigator;
const signal = new AbortController().signal;

test('one after the other, across everybody who asks for the same name', async () => {
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = withLock('one', { locks, signal }, async () => {
    await gate.promise;
    log.push('first');
    return 1;
  });
  const second = withLock('one', { locks, signal }, async () => log.push('second'));
  await withLock('other', { locks, signal }, async () => log.push('other'));
  gate.resolve();
  expect(await first).toBe(1);
  await second;
  expect(log).toEqual(['other', 'first', 'second']);
});

test('who has to wait is told, once; who has not is not', async () => {
  const gate = Promise.withResolvers<void>();
  const told: string[] = [];
  const first = withLock('two', { locks, signal, onWait: () => told.push('first') }, () => gate.promise);
  const waiting = Promise.withResolvers<void>();
  const onWait = () => {
    told.push('second');
    waiting.resolve();
  };
  const second = withLock('two', { locks, signal, onWait }, async () => 'done');
  await waiting.promise;
  gate.resolve();
  await first;
  expect(await second).toBe('done');
  expect(told).toEqual(['second']);
});

test('who leaves while waiting does not get in the way of the next', async () => {
  const gate = Promise.withResolvers<void>();
  const controller = new AbortController();
  const first = withLock('three', { locks, signal }, () => gate.promise);
  const leaving = withLock('three', { locks, signal: controller.signal }, () => Promise.reject(new Error('never')));
  const third = withLock('three', { locks, signal }, async () => 'third');
  controller.abort();
  await expect(leaving).rejects.toMatchObject({ name: 'AbortError' });
  gate.resolve();
  await first;
  expect(await third).toBe('third');
});

test('a failure gives the lock back', async () => {
  await expect(withLock('four', { locks, signal }, () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  );
  expect(await withLock('four', { locks, signal, onWait: () => undefined }, async () => 'next')).toBe('next');
});

test('without locks the work is done all the same', async () => {
  expect(await withLock('five', { locks: null, signal }, async () => 'done')).toBe('done');
  (await holdSharedLock('five', { locks: null, signal }))();
});

test('a shared lock is had by several, and keeps out who wants it alone until the last gives it back', async () => {
  const give = await Promise.all([holdSharedLock('six', { locks, signal }), holdSharedLock('six', { locks, signal })]);
  const isFree = () => locks.request('six', { ifAvailable: true }, async (lock) => lock !== null);
  expect(await isFree()).toBe(false);
  give[0]();
  expect(await isFree()).toBe(false);
  give[1]();
  await withLock('six', { locks, signal }, async () => undefined);
});
