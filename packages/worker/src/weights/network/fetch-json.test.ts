import { expect, test } from 'vitest';
import { fetchJson } from './fetch-json.ts';
import { json, type Served, webDouble } from './web.double.ts';

const url = 'https://mirror.test/sample/manifest.json';
const signal = new AbortController().signal;
const read = (served: Served | null) => fetchJson(url, { network: webDouble(served && { [url]: served }), signal });

test('reads JSON', async () => {
  expect((await read(json({ a: [1, 'é'] }))).json).toEqual({ a: [1, 'é'] });
});

test('gives the headers too, which may say where it goes on', async () => {
  const { headers } = await read(() => new Response('[]', { headers: { Link: '</next>; rel="next"' } }));
  expect(headers.get('Link')).toBe('</next>; rel="next"');
});

test('tries again while the server is overloaded', async () => {
  const network = webDouble({
    [url]: ({ count }) => (count < 3 ? new Response('', { status: 503 }) : new Response('{"a":1}')),
  });
  expect((await fetchJson(url, { network, signal })).json).toEqual({ a: 1 });
  expect(network.requests).toHaveLength(3);
});

const unreachable: readonly (readonly [string, Served | null, RegExp])[] = [
  ['cannot be reached', null, /https:\/\/mirror\.test could not be reached/],
  ['has no such document', () => new Response('', { status: 404 }), /https:\/\/mirror\.test answered with status 404/],
  ['fails', () => new Response('', { status: 500 }), /status 500/],
];
test.each(unreachable)('a server that %s: catalog.unreachable, with the reason', async (_, served, reason) => {
  await expect(read(served)).rejects.toMatchObject({
    code: 'catalog.unreachable',
    message: expect.stringMatching(reason),
  });
});

const bad: readonly (readonly [string, Served, RegExp])[] = [
  ['is a web page', () => new Response('<h1>', { headers: { 'Content-Type': 'text/html' } }), /is a web page/],
  ['is no JSON', new TextEncoder().encode('{"a":'), /is no JSON/],
  ['does not end', () => new Response(new Uint8Array(33 * 1024 ** 2)), /is larger than/],
];
test.each(bad)('a document that %s: catalog.bad-manifest, with its address', async (_, served, reason) => {
  await expect(read(served)).rejects.toMatchObject({
    code: 'catalog.bad-manifest',
    message: expect.stringMatching(reason),
  });
  await expect(read(served)).rejects.toThrow('/sample/manifest.json');
});

test('an abort is thrown as it is', async () => {
  const aborted = AbortSignal.abort();
  await expect(fetchJson(url, { network: webDouble({}), signal: aborted })).rejects.toBe(aborted.reason);
});
