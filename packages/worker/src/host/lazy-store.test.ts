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
