import { expect, test } from 'vitest';
import { sampleBytes } from '../sample-package.double.ts';
import { AddressBook } from './address-book.ts';
import { streamFile } from './stream-file.ts';
import { brokenBody, bytesResponse, type Served, webDouble } from './web.double.ts';

const url = 'https://mirror.test/model.gguf';
const content = sampleBytes(1_000);

function stream(served: Served | null, { from = 0, signal = new AbortController().signal } = {}) {
  const network = webDouble(served && { [url]: served });
  const arrived: number[] = [];
  const options = { network, signal, addresses: new AddressBook(), onBytes: (bytes: number) => arrived.push(bytes) };
  return { network, arrived, pieces: streamFile({ url, fileBytes: 1_000, from }, options) };
}

async function all(pieces: AsyncIterable<Uint8Array>) {
  const bytes: number[] = [];
  for await (const piece of pieces) bytes.push(...piece);
  return Uint8Array.from(bytes);
}
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

test('a whole file is asked for without Range', async () => {
  const { network, arrived, pieces } = stream(content);
  expect(await all(pieces)).toEqual(content);
  expect(network.requests.map(({ range }) => range)).toEqual([null]);
  expect(sum(arrived)).toBe(1_000);
});

test('from a byte in the middle, a server that knows Range sends only what is after it', async () => {
  const { network, arrived, pieces } = stream(content, { from: 400 });
  expect(await all(pieces)).toEqual(content.slice(400));
  expect(network.requests[0]?.range).toEqual({ start: 400, end: 999 });
  expect(sum(arrived)).toBe(600);
});

test('of a server that ignores Range, what is before that byte is passed over, and counted', async () => {
  const bit = 300;
  const inBits: Served = () => {
    let at = 0;
    return new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(content.slice(at, at + bit));
          at += bit;
          if (at >= content.length) controller.close();
        },
      }),
    );
  };
  const { arrived, pieces } = stream(inBits, { from: 400 });
  expect(await all(pieces)).toEqual(content.slice(400));
  expect(sum(arrived)).toBe(1_000);
});

test('whoever stops reading ends the transfer', async () => {
  const { network, pieces } = stream(content);
  for await (const _ of pieces) break;
  expect(network.requests[0]?.signal.aborted).toBe(true);
});

test('compressed on the way, the file counts as what it is, not as what was announced', async () => {
  const headers = { 'Content-Encoding': 'gzip', 'Content-Length': '321' };
  expect(await all(stream(() => new Response(content, { headers })).pieces)).toEqual(content);
});

const failures: readonly (readonly [string, Served | null, string, RegExp])[] = [
  ['sends a longer file', () => new Response(sampleBytes(1_001)), 'Refusal', /more than the 1000 bytes of the file/],
  ['announces another size', () => bytesResponse(sampleBytes(900), { range: null }), 'Refusal', /announced 900 bytes/],
  ['sends a web page', () => new Response('', { headers: { 'Content-Type': 'text/html' } }), 'Refusal', /web page/],
  ['lacks the file', () => new Response('', { status: 404 }), 'Refusal', /status 404/],
  ['sends a part nobody asked for', () => new Response(content, { status: 206 }), 'Refusal', /status 206/],
  ['ends early', () => new Response(content.slice(0, 10)), 'Interruption', /broke off after 10 of 1000 bytes/],
  ['sends nothing', () => new Response(''), 'Interruption', /broke off after 0 of 1000 bytes/],
  ['is busy', () => new Response('', { status: 503 }), 'Interruption', /status 503/],
  ['is away', null, 'Unanswered', /could not be reached/],
  [
    'breaks',
    ({ signal }) => new Response(brokenBody(content, { afterBytes: 50, signal })),
    'Interruption',
    /broke off/,
  ],
];
test.each(failures)('a server that %s', async (_, served, name, reason) => {
  await expect(all(stream(served).pieces)).rejects.toMatchObject({ name, message: expect.stringMatching(reason) });
});

test('an abort ends it, and is thrown as it is', async () => {
  const controller = new AbortController();
  const hanging: Served = ({ signal }) => new Response(brokenBody(content, { afterBytes: 50, hangs: true, signal }));
  const { pieces } = stream(hanging, { signal: controller.signal });
  await pieces.next();
  controller.abort();
  await expect(pieces.next()).rejects.toBe(controller.signal.reason);
});
