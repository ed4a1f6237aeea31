import { expect, test } from 'vitest';
import { startFaultyFileServer } from './faulty-file-server.ts';
import { openUrl } from './open-url.ts';

const file = Buffer.from('the file');

test('returns the answer with its headers and body', async () => {
  await using server = await startFaultyFileServer(file);
  const response = await openUrl(server.url, {});
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('the file');
});

test('an error status is an answer, not an exception', async () => {
  await using server = await startFaultyFileServer(file, [{ kind: 'status', status: 404 }]);
  expect((await openUrl(server.url, {})).status).toBe(404);
});

test('every hop of a redirect gets the headers', async () => {
  await using store = await startFaultyFileServer(file);
  await using hub = await startFaultyFileServer(file, [{ kind: 'redirect', to: store.url }]);
  const response = await openUrl(hub.url, { range: 'bytes=4-' });
  expect(await response.text()).toBe('file');
  expect([...hub.ranges, ...store.ranges]).toEqual(['bytes=4-', 'bytes=4-']);
});

test('a redirect may be relative to the address that sent it', async () => {
  await using server = await startFaultyFileServer(file, [{ kind: 'redirect', to: 'elsewhere.gguf' }]);
  expect((await openUrl(server.url, {})).status).toBe(200);
  expect(server.ranges).toHaveLength(2);
});

test('a silent host behind a redirect is given up too, and named', async () => {
  await using silent = await startFaultyFileServer(file, [{ kind: 'silent' }]);
  await using hub = await startFaultyFileServer(file, [{ kind: 'redirect', to: silent.url }]);
  const refused = openUrl(hub.url, {}, { answerTimeoutMs: 100 });
  await expect(refused).rejects.toThrow(`${new URL(silent.url).host} did not answer within 100 ms`);
});

test('the time allowed ends with the headers: a slow body is the caller’s', async () => {
  await using server = await startFaultyFileServer(file, [{ kind: 'stall', afterBytes: 3 }]);
  const response = await openUrl(server.url, {}, { answerTimeoutMs: 100 });
  const reader = response.body?.getReader();
  expect(await reader?.read()).toMatchObject({ done: false });
  const more = reader?.read();
  const waited = new Promise((resolve) => setTimeout(() => resolve('still open'), 250));
  expect(await Promise.race([more, waited])).toBe('still open');
  await reader?.cancel();
});

test('an abort is the signal’s reason', async () => {
  await using server = await startFaultyFileServer(file, [{ kind: 'silent' }]);
  const stop = new AbortController();
  const opened = openUrl(server.url, {}, { signal: stop.signal });
  stop.abort();
  await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
});
