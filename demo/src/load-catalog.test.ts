import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { defaultCatalog } from './catalog.ts';
import { catalogUrl, loadCatalog } from './load-catalog.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** `fetch` as a page has it: relative addresses count from this server, which answers with `body`, or never. */
async function pageOf(status: number, body: string | null): Promise<typeof fetch> {
  const server = createServer((request, response) => {
    if (request.url !== catalogUrl) response.writeHead(404).end();
    else if (body !== null) response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return (input, init) => fetch(new URL(String(input), `http://127.0.0.1:${address.port}`), init);
}

const setting = (kept: string | null = null) => {
  let value = kept;
  const write = (text: string) => {
    value = text;
  };
  return { read: () => value, write };
};
const unreachable: typeof fetch = () => Promise.reject(new TypeError('Failed to fetch'));
const own = { models: { ours: { title: 'Ours', device: [], relay: { model: 'ours' } } } };

test('takes the catalog that the organization gives', async () => {
  expect(await loadCatalog({ last: setting(), fetch: await pageOf(200, JSON.stringify(own)) })).toEqual(own);
});

test('a server without one leaves it to the default', async () => {
  expect(await loadCatalog({ last: setting(), fetch: await pageOf(404, '{"error":{}}') })).toBe(defaultCatalog);
});

test('a server that can’t be reached keeps nobody from asking this device', async () => {
  expect(await loadCatalog({ last: setting(), fetch: unreachable })).toBe(defaultCatalog);
});

test('neither does one that never answers', async () => {
  expect(await loadCatalog({ last: setting(), fetch: await pageOf(200, null), timeoutMs: 20 })).toBe(defaultCatalog);
});

test('what the organization said last holds while its server can’t be reached, or fails', async () => {
  const last = setting();
  await loadCatalog({ last, fetch: await pageOf(200, JSON.stringify(own)) });
  expect(await loadCatalog({ last, fetch: unreachable })).toEqual(own);
  expect(await loadCatalog({ last, fetch: await pageOf(503, '{}') })).toEqual(own);
  expect(await loadCatalog({ last, fetch: await pageOf(200, null), timeoutMs: 20 })).toEqual(own);
});

test('what can’t be used is not kept, and what is kept and can’t be used any more is passed over', async () => {
  const last = setting();
  await loadCatalog({ last, fetch: await pageOf(200, '<!doctype html>') }).catch(() => undefined);
  expect(last.read()).toBeNull();
  expect(await loadCatalog({ last: setting('[]'), fetch: unreachable })).toBe(defaultCatalog);
});

test.each(['<!doctype html>', '{"models":{}}', '{"models":{"m":{"title":1}}}', '[]'])(
  'what can’t be used as a catalog is an error, not an app without models: %s',
  async (body) => {
    await expect(loadCatalog({ last: setting(), fetch: await pageOf(200, body) })).rejects.toMatchObject({
      code: 'catalog.bad-catalog',
    });
  },
);
