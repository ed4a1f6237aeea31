import { expect, test } from 'vitest';
import { StorageKeeper, windowStorage } from './storage-keeper.ts';

function storageThat({ isKept = false, grants = false, answers = Promise.resolve() } = {}) {
  let asked = 0;
  let kept = isKept;
  return {
    asked: () => asked,
    persisted: async () => kept,
    persist: async () => {
      asked++;
      await answers;
      kept = grants;
      return grants;
    },
  };
}

test('asks once where the storage may be evicted, and the answer can be read', async () => {
  const storage = storageThat({ grants: true });
  const keeper = new StorageKeeper(storage);
  expect(await keeper.isKept()).toBe(false);
  keeper.ask();
  keeper.ask();
  await expect.poll(() => keeper.isKept()).toBe(true);
  expect(storage.asked()).toBe(1);
});

test('a reader who declines is not asked again', async () => {
  const storage = storageThat({ grants: false });
  const keeper = new StorageKeeper(storage);
  keeper.ask();
  await expect.poll(storage.asked).toBe(1);
  keeper.ask();
  expect(await keeper.isKept()).toBe(false);
  expect(storage.asked()).toBe(1);
});

test('does not ask where it is kept already', async () => {
  const storage = storageThat({ isKept: true });
  const keeper = new StorageKeeper(storage);
  keeper.ask();
  expect(await keeper.isKept()).toBe(true);
  expect(storage.asked()).toBe(0);
});

test('whether it is kept can be read while the reader has not answered yet', async () => {
  const storage = storageThat({ answers: new Promise(() => undefined) });
  const keeper = new StorageKeeper(storage);
  keeper.ask();
  expect(await keeper.isKept()).toBe(false);
});

test('a page that may not store keeps nothing, and does not break', async () => {
  const refused = () => Promise.reject(new TypeError('opaque origin'));
  const keeper = new StorageKeeper({ persist: refused, persisted: refused });
  keeper.ask();
  expect(await keeper.isKept()).toBe(false);
});

test('where there is no window nobody asks', async () => {
  expect(windowStorage()).toBeNull();
  const keeper = new StorageKeeper(null);
  keeper.ask();
  expect(await keeper.isKept()).toBe(false);
});
