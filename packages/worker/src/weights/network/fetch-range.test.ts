import { expect, test } from 'vitest';
import { sampleBytes } from '../sample-package.double.ts';
import { AddressBook } from './address-book.ts';
import { fetchRange } from './fetch-range.ts';
import { RangeIgnored } from './range-ignored.ts';
import { Refusal } from './refusal.ts';
import { brokenBody, bytesResponse, type Served, webDouble } from './web.double.ts';
import { Interruption } from './with-retry.ts';

const url = 'https://mirror.test/model.gguf';
const content = sampleBytes(1_000);
const range = { url, offset: 200, length: 300, fileBytes: 1_000 };
const wanted = content.slice(200, 500);

function fetchFrom(
  served: Served | null,
  { signal = new AbortController().signal, stallMs = 1_000, asked = range } = {},
) {
  const arrived: number[] = [];
  const network = webDouble(served && { [url]: served }, { stallMs });
  const options = { network, signal, addresses: new AddressBook(), onBytes: (bytes: number) => arrived.push(bytes) };
  return { network, arrived, bytes: fetchRange(asked, options), again: () => fetchRange(asked, options) };
}

const part =
  (headers: Record<string, string>, body: BodyInit = wanted) =>
  () =>
    new Response(body, { status: 206, headers });

test('fetches exactly the range, and tells of every byte that arrives', async () => {
  const { network, arrived, bytes } = fetchFrom(content);
  expect(await bytes).toEqual(wanted);
  expect(network.requests[0]?.range).toEqual({ start: 200, end: 499 });
  expect(arrived.reduce((sum, count) => sum + count, 0)).toBe(300);
});

test('asks past the browser cache, which may hold damaged bytes', async () => {
  let cache: RequestCache | undefined;
  const network = webDouble({ [url]: content });
  const spied: typeof fetch = (input, init) => {
    cache = init?.cache;
    return network.fetch(input, init);
  };
  await fetchRange(range, {
    network: { ...network, fetch: spied },
    signal: new AbortController().signal,
    addresses: new AddressBook(),
    onBytes: () => undefined,
  });
  expect(cache).toBe('no-store');
});

test('takes a whole file from a server that ignores Range where the range is the whole file', async () => {
  const asked = { ...range, offset: 0, length: 1_000 };
  const { bytes } = fetchFrom(() => bytesResponse(content, { range: null }), { asked });
  expect(await bytes).toEqual(content);
});

test('the length that a compressed answer announces is not that of the file', async () => {
  const asked = { ...range, offset: 0, length: 1_000 };
  const headers = { 'Content-Encoding': 'gzip', 'Content-Length': '12' };
  const { bytes } = fetchFrom(() => new Response(content, { headers }), { asked });
  expect(await bytes).toEqual(content);
});

test('a range of a file whose size the server does not know is taken', async () => {
  const { bytes } = fetchFrom(part({ 'Content-Range': 'bytes 200-499/*' }));
  expect(await bytes).toEqual(wanted);
});

test('takes a part whose headers another origin does not let it read', async () => {
  const { bytes } = fetchFrom(part({}));
  expect(await bytes).toEqual(wanted);
});

const refusals: readonly (readonly [string, Served, RegExp])[] = [
  ['answers with a web page', part({ 'Content-Type': 'text/html; charset=utf-8' }), /answered with a web page/],
  ['does not have the file', () => new Response('', { status: 404 }), /answered with status 404/],
  ['asks for a login', () => new Response('', { status: 401 }), /answered with status 401/],
  ['has a shorter file', () => new Response('', { status: 416 }), /shorter file than the manifest says/],
  ['sends another part', part({ 'Content-Range': 'bytes 0-299/1000' }), /another part of the file/],
  ['lies of where the part ends', part({ 'Content-Range': 'bytes 200-999/1000' }), /another part of the file/],
  ['says something else than a range', part({ 'Content-Range': 'chunks 2-4/10' }), /another part of the file/],
  ['has a longer file', part({ 'Content-Range': 'bytes 200-499/1001' }), /a file of 1001 bytes where .* says 1000/],
  ['compresses a part', part({ 'Content-Encoding': 'gzip' }), /a part of a compressed file/],
  ['has nothing to say', () => new Response(null, { status: 204 }), /answered with status 204/],
  ['announces another length', part({ 'Content-Length': '299' }), /announced 299 bytes instead of 300/],
  ['sends more than it was asked for', part({}, sampleBytes(301)), /more than the 300 bytes/],
];

test.each(refusals)('a server that %s is refused, with its name and the reason', async (_, served, reason) => {
  const { bytes } = fetchFrom(served);
  await expect(bytes).rejects.toBeInstanceOf(Refusal);
  await expect(bytes).rejects.toThrow(reason);
  await expect(bytes).rejects.toThrow(/^https:\/\/mirror\.test /);
});

test('a server that ignores Range says so once; its whole file is left unread, and not asked for again', async () => {
  const { network, bytes, again } = fetchFrom(() => bytesResponse(content, { range: null }));
  await expect(bytes).rejects.toMatchObject({ name: 'RangeIgnored', url });
  expect(network.requests[0]?.signal.aborted).toBe(true);
  await expect(again()).rejects.toBeInstanceOf(RangeIgnored);
  expect(network.requests).toHaveLength(1);
});

test('leaves the body of a refused answer unread', async () => {
  const { network, bytes } = fetchFrom(part({ 'Content-Range': 'bytes 0-299/1000' }));
  await bytes.catch(() => undefined);
  expect(network.requests[0]?.signal.aborted).toBe(true);
});

const interruptions: readonly (readonly [string, Served | null, RegExp])[] = [
  ['cannot be reached', null, /could not be reached/],
  ['is overloaded', () => new Response('', { status: 503 }), /status 503/],
  ['limits the rate', () => new Response('', { status: 429 }), /status 429/],
  ['sends an empty body', part({}, ''), /broke off after 0 of 300 bytes/],
  ['ends the body early', part({}, wanted.slice(0, 120)), /broke off after 120 of 300 bytes/],
  [
    'breaks in mid-body',
    ({ signal }) => new Response(brokenBody(wanted, { afterBytes: 50, signal }), { status: 206 }),
    /broke off/,
  ],
];

test.each(interruptions)('a server that %s may be better a moment later', async (_, served, reason) => {
  const { bytes } = fetchFrom(served);
  await expect(bytes).rejects.toBeInstanceOf(Interruption);
  await expect(bytes).rejects.toThrow(reason);
});

test('a connection that goes silent counts as broken', async () => {
  const hanging: Served = ({ signal }) =>
    new Response(brokenBody(wanted, { afterBytes: 50, hangs: true, signal }), { status: 206 });
  await expect(fetchFrom(hanging, { stallMs: 20 }).bytes).rejects.toThrow('sent nothing for 0.02 s');
});

test('a server that never answers counts as broken', async () => {
  const silent: Served = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  await expect(fetchFrom(silent, { stallMs: 20 }).bytes).rejects.toThrow('sent nothing for 0.02 s');
});

test('an abort is thrown as it is, before the request and in mid-body', async () => {
  const before = AbortSignal.abort();
  await expect(fetchFrom(content, { signal: before }).bytes).rejects.toBe(before.reason);
  const controller = new AbortController();
  const hanging: Served = ({ signal }) => {
    queueMicrotask(() => controller.abort());
    return new Response(brokenBody(wanted, { afterBytes: 50, hangs: true, signal }), { status: 206 });
  };
  await expect(fetchFrom(hanging, { signal: controller.signal }).bytes).rejects.toMatchObject({ name: 'AbortError' });
});

/** Asks twice: the second time from an address that is known as fast where the first range took less than two seconds. */
async function fetchTwice(second: Served, { firstTookMs = 0 } = {}) {
  const network = webDouble({ [url]: content });
  let lateMs = 0;
  const addresses = new AddressBook();
  const arrived: number[] = [];
  const options = {
    network: { ...network, now: () => lateMs },
    signal: new AbortController().signal,
    addresses,
    onBytes: (bytes: number) => arrived.push(bytes),
  };
  const first = fetchRange(range, options);
  lateMs = firstTookMs;
  expect(await first).toEqual(wanted);
  arrived.length = 0;
  network.serve({ [url]: second });
  return { again: fetchRange(range, options), once: () => fetchRange(range, options), arrived, network };
}

test('from an address that was fast the range comes as a Blob, told of at its end', async () => {
  const { again, arrived } = await fetchTwice(content);
  const blob = await again;
  expect(blob).toBeInstanceOf(Blob);
  expect(new Uint8Array(await new Response(blob).arrayBuffer())).toEqual(wanted);
  expect(arrived).toEqual([300]);
});

test('from an address that was slow it is read piece by piece', async () => {
  const { again } = await fetchTwice(content, { firstTookMs: 2_000 });
  expect(await again).toEqual(wanted);
});

test('a body whose length was not announced is read piece by piece: nobody knows what comes', async () => {
  const { again } = await fetchTwice(part({ 'Content-Range': 'bytes 200-499/1000' }));
  expect(await again).toEqual(wanted);
});

test.each([
  ['ends early', part({ 'Content-Length': '300' }, wanted.slice(0, 120)), /broke off after 120 of 300 bytes/],
  ['is longer than it announced', part({ 'Content-Length': '300' }, sampleBytes(301)), /more than the 300 bytes/],
  [
    'breaks',
    ({ signal }: { readonly signal: AbortSignal }) =>
      new Response(brokenBody(wanted, { afterBytes: 50, signal }), {
        status: 206,
        headers: { 'Content-Length': '300' },
      }),
    /broke off/,
  ],
] as const)('a Blob that %s is refused, and the next range is read piece by piece again', async (_, served, reason) => {
  const { again, once, network } = await fetchTwice(served);
  await expect(again).rejects.toThrow(reason);
  network.serve({ [url]: content });
  expect(await once()).toEqual(wanted);
});
