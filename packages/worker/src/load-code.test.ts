import { expect, test } from 'vitest';
import { loadCode } from './load-code.ts';

test('gives the code', async () => {
  expect(await loadCode(async () => 1)).toBe(1);
});

test('code that cannot be fetched is an error of ours, by which the relay may be asked instead', async () => {
  const cause = new TypeError('Failed to fetch dynamically imported module');
  await expect(loadCode(() => Promise.reject(cause))).rejects.toMatchObject({ code: 'engine.load-failed', cause });
});
