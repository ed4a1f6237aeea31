import type { StoreSettings } from '@orilla/contract';
import { expect, test } from 'vitest';
import { checkSettings } from './check-settings.ts';

const key = `${'A'.repeat(43)}=`;

test.each<StoreSettings>([
  {},
  { trustedKeys: [key], storage: 'opfs', budgetBytes: 0, hubUrl: 'http://127.0.0.1:8080/hub' },
  { storage: 'indexeddb', budgetBytes: 1e12 },
])('%j is taken', (settings) => {
  expect(() => checkSettings(settings)).not.toThrow();
});

test.each([
  [{ budgetBytes: -1 }, /budgetBytes must be a number of bytes/],
  [{ budgetBytes: Number.NaN }, /budgetBytes/],
  [{ budgetBytes: Number.POSITIVE_INFINITY }, /budgetBytes/],
  [{ budgetBytes: '1 GB' }, /budgetBytes/],
  [{ storage: 'localStorage' }, /storage must be 'indexeddb' or 'opfs'/],
  [{ hubUrl: 'hub' }, /hubUrl must be a whole http\(s\) address/],
  [{ hubUrl: 'file:///hub' }, /hubUrl/],
])('%j is refused, with what it must be', (settings, message) => {
  const given = settings as StoreSettings; // as an app in JavaScript may give it
  expect(() => checkSettings(given)).toThrow(
    expect.objectContaining({ code: 'storage.unavailable', message: expect.stringMatching(message) }),
  );
});

test('a trusted key that is none is refused as what it is', () => {
  expect(() => checkSettings({ trustedKeys: ['none'] })).toThrow(
    expect.objectContaining({ code: 'catalog.bad-signature' }),
  );
});
