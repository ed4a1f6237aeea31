import { expect, test } from 'vitest';
import { loadPart } from './load-part.ts';

test('gives what was fetched', async () => {
  expect(await loadPart(async () => ({ part: 1 }))).toEqual({ part: 1 });
});

test('what could not be fetched is an error of ours, with the browser’s as its cause', async () => {
  const cause = new TypeError('Failed to fetch dynamically imported module');
  const failing = loadPart(() => Promise.reject(cause));
  await expect(failing).rejects.toMatchObject({ code: 'relay.unreachable', cause });
});
