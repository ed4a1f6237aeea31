import { expect, test } from 'vitest';
import { keepStorage } from './keep-storage.ts';

function storageThat({ isKept, grants }: { isKept: boolean; grants: boolean }) {
  let asked = 0;
  return {
    asked: () => asked,
    persisted: async () => isKept,
    persist: async () => {
      asked++;
      return grants;
    },
  };
}

test('asks where the storage may still be evicted, and tells the answer', async () => {
  const granting = storageThat({ isKept: false, grants: true });
  expect(await keepStorage(granting)).toBe(true);
  expect(granting.asked()).toBe(1);
  expect(await keepStorage(storageThat({ isKept: false, grants: false }))).toBe(false);
});

test('does not ask again where it is kept already', async () => {
  const kept = storageThat({ isKept: true, grants: true });
  expect(await keepStorage(kept)).toBe(true);
  expect(kept.asked()).toBe(0);
});

test('a browser without storage management keeps nothing', async () => {
  expect(await keepStorage(undefined)).toBe(false);
});
