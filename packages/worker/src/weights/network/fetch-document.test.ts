import { expect, test } from 'vitest';
import { sampleBytes } from '../sample-package.double.ts';
import { fetchDocument } from './fetch-document.ts';
import { type Served, webDouble } from './web.double.ts';

const url = 'https://hub.test/org/model/resolve/main/config.json';
const content = sampleBytes(1_000);
const signal = new AbortController().signal;

function fetchFrom(served: Served | null, { maxBytes = 1_000 } = {}) {
  const network = webDouble(served && { [url]: served });
  return { network, document: fetchDocument(url, { network, signal, maxBytes }) };
}

test('gives the bytes as they are', async () => {
  expect((await fetchFrom(content).document).bytes).toEqual(content);
});

test('one that is larger than it may be is left there', async () => {
  const { network, document } = fetchFrom(content, { maxBytes: 999 });
  await expect(document).rejects.toMatchObject({ code: 'catalog.bad-manifest' });
  await expect(document).rejects.toThrow('/config.json is larger than 999 bytes');
  expect(network.requests[0]?.signal.aborted).toBe(true);
});

test('waits as long as an overloaded server asks, and tells of it when that is in vain', async () => {
  const busy = () => new Response('', { status: 429, headers: { 'Retry-After': '30' } });
  const { network, document } = fetchFrom(busy);
  await expect(document).rejects.toMatchObject({ code: 'catalog.unreachable', isRetryable: true });
  expect(network.sleeps).toEqual([30_250, 30_500, 31_000, 32_000]);
});

test('no message repeats what stands behind the path of an address: it may be a signature', async () => {
  const signed = `${url}?X-Amz-Signature=secret`;
  for (const served of [
    null,
    () => new Response('', { status: 403 }),
    () => new Response('', { headers: { 'Content-Type': 'text/html' } }),
  ]) {
    const network = webDouble(served && { [signed]: served });
    const error = await fetchDocument(signed, { network, signal, maxBytes: 9 }).catch(String);
    expect(error).toContain('/config.json');
    expect(error).not.toContain('secret');
  }
});
