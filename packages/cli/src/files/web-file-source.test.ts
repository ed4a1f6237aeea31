import { expect, test } from 'vitest';
import { collect } from './collect.double.ts';
import { openWebFile } from './web-file-source.ts';

const url = new URL('https://libraries.example/v1/tiny.wasm?X-Signature=secret');
const answering = (response: Response) => async () => response;

test('a file behind an address is fetched at once and is called as it is there', async () => {
  const source = await openWebFile(url, { fetch: answering(new Response('library')) });
  expect(source.files).toEqual([{ path: 'tiny.wasm', bytes: 7 }]);
  expect((await collect(source.read('tiny.wasm', { start: 3 }))).toString()).toBe('rary');
  expect(source.name).toBe('https://libraries.example/v1/tiny.wasm');
});

test('an answer that is no success, and a server that is not there, are told', async () => {
  const cancelled: unknown[] = [];
  const page = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) });
  const gone = openWebFile(url, { fetch: answering(new Response(page, { status: 404 })) });
  await expect(gone).rejects.toThrow('libraries.example answered 404 for /v1/tiny.wasm.');
  // Its connection is not kept for a page that nobody reads.
  expect(cancelled).toHaveLength(1);
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: refused }));
  await expect(openWebFile(url, { fetch })).rejects.toThrow("libraries.example can't be reached (ECONNREFUSED)");
});

test('more than a library can be is refused as it comes', async () => {
  let given = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      given += 8 * 2 ** 20;
      controller.enqueue(new Uint8Array(8 * 2 ** 20));
    },
  });
  await expect(openWebFile(url, { fetch: answering(new Response(endless)) })).rejects.toThrow('longer than');
  expect(given).toBeLessThan(100 * 2 ** 20);
});

test('an abort is an abort', async () => {
  const fetch: typeof globalThis.fetch = (_, init) => Promise.reject(init?.signal?.reason);
  await expect(openWebFile(url, { fetch, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});
