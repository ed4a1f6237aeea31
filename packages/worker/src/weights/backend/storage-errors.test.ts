import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { askStorage } from './storage-errors.ts';

test('gives what the storage gives', async () => {
  expect(await askStorage(async () => 5)).toBe(5);
});

test('a full disk is told apart from a storage that is closed, and the cause is kept', async () => {
  const full = new DOMException('No room.', 'QuotaExceededError');
  await expect(askStorage(() => Promise.reject(full))).rejects.toMatchObject({
    code: 'storage.quota-exceeded',
    advice: expect.any(String),
    cause: full,
  });
  const closed = new DOMException('Closed.', 'InvalidStateError');
  await expect(askStorage(() => Promise.reject(closed))).rejects.toMatchObject({
    code: 'storage.unavailable',
    advice: expect.any(String),
    cause: closed,
  });
});

test('what was said already is not said in other words', async () => {
  const full = new OrillaError('storage.quota-exceeded', 'Full.');
  await expect(askStorage(() => Promise.reject(full))).rejects.toBe(full);
});

test('what throws before it asks is told too', async () => {
  const ask = () => {
    throw new ReferenceError('indexedDB is not defined');
  };
  await expect(askStorage(ask)).rejects.toMatchObject({ code: 'storage.unavailable' });
});
