import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { LazyStore } from './lazy-store.ts';

// That a store opens with its settings is tested in browsers, which have storage.

test('settings with a key that is none are refused, and the store is then not opened without it', async () => {
  const store = new LazyStore();
  expect(() => store.configure({ trustedKeys: ['none'] })).toThrow(OrillaError);
  await expect(store.open()).rejects.toMatchObject({ code: 'catalog.bad-signature' });
});

test('what could not be opened is tried again with the settings as they are then', async () => {
  const store = new LazyStore();
  expect(() => store.configure({ trustedKeys: ['none'] })).toThrow();
  await expect(store.open()).rejects.toMatchObject({ code: 'catalog.bad-signature' });
  store.configure({});
  // There is no storage outside a browser.
  await expect(store.open()).rejects.toMatchObject({ code: expect.not.stringContaining('catalog') });
});

test('settings that come when the store is in use are refused, unless they are the same', async () => {
  const store = new LazyStore();
  store.configure({ budgetBytes: 7 });
  const opening = store.open();
  store.configure({ budgetBytes: 7 });
  expect(() => store.configure({ budgetBytes: 8 })).toThrow(/is in use already, with other settings/);
  // There is no storage outside a browser.
  await expect(opening).rejects.toThrow();
});

test('settings that make no sense are refused before anything is opened', async () => {
  const store = new LazyStore();
  expect(() => store.configure({ budgetBytes: -1 })).toThrow(/budgetBytes/);
  await expect(store.open()).rejects.toThrow(/budgetBytes/);
});
