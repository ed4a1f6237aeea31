import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { isOrillaError } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { defaultMirrorLimits } from '../config/default-limits.ts';
import type { MirrorLimitsConfig } from '../config/relay-config.ts';
import { createMirrorLimits, type MirrorLimitsOptions } from './mirror-limits.ts';

/** A server that counts a request, and holds a transfer for `/held` until `release`. Clients say who they are. */
async function setUp(config: Partial<MirrorLimitsConfig>, options: MirrorLimitsOptions = {}) {
  const limits = await createMirrorLimits({ ...defaultMirrorLimits, proxies: ['127.0.0.1'], ...config }, options);
  const held: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    try {
      await limits.countRequest(request, response);
      if (request.url === '/held') {
        limits.takeTransfer(request, response);
        response.write('x');
        held.push(() => response.end());
      } else response.end();
    } catch (error) {
      response.writeHead(isOrillaError(error) ? error.status : 500).end(isOrillaError(error) ? error.code : '');
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const open = async (client: string, path = '/held'): Promise<IncomingMessage> => {
    const outgoing = get({ port, host: '127.0.0.1', path, agent: false, headers: { 'x-forwarded-for': client } });
    const [response] = await once(outgoing, 'response');
    return response;
  };
  const ask = async (client: string): Promise<readonly [number | undefined, string | undefined]> => {
    const response = await open(client, '/');
    response.resume();
    return [response.statusCode, response.headers['retry-after']];
  };
  const release = () => {
    for (const end of held.splice(0)) end();
  };
  return { open, ask, release };
}

test('a client that asks too often waits as long as it is told; another one does not', async () => {
  const { ask } = await setUp({ requestsPerMinute: 3 });
  for (let round = 0; round < 3; round++) expect(await ask('192.0.2.1')).toEqual([200, undefined]);
  const [status, retryAfter] = await ask('192.0.2.1');
  expect(status).toBe(429);
  expect(Number(retryAfter)).toBeGreaterThan(0);
  expect(Number(retryAfter)).toBeLessThanOrEqual(60);
  expect(await ask('192.0.2.2')).toEqual([200, undefined]);
});

test('a client has a number of transfers at the same time, and gets the next when one ends', async () => {
  const { open, release } = await setUp({ transfersPerClient: 2 });
  const first = await open('192.0.2.1');
  const second = await open('192.0.2.1');
  const third = await open('192.0.2.1');
  expect([first.statusCode, second.statusCode, third.statusCode]).toEqual([200, 200, 429]);
  expect(third.headers['retry-after']).toBe('1');
  expect((await open('192.0.2.2')).statusCode).toBe(200);
  for (const response of [first, second]) response.resume();
  release();
  await Promise.all([once(first, 'end'), once(second, 'end')]);
  await expect.poll(async () => (await open('192.0.2.1')).statusCode).toBe(200);
});

test('a client that leaves in the middle gives its place back', async () => {
  const { open } = await setUp({ transfersPerClient: 1 });
  (await open('192.0.2.1')).destroy();
  await expect.poll(async () => (await open('192.0.2.1')).statusCode).toBe(200);
});

test('all clients together have a number of transfers', async () => {
  const { open } = await setUp({ transfers: 2 });
  const answers = [await open('192.0.2.1'), await open('192.0.2.2'), await open('192.0.2.3')];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 503]);
});

test('no more clients are known than there is room for: the first one is forgotten', async () => {
  const { ask } = await setUp({ requestsPerMinute: 1 }, { maxClients: 2 });
  const statusOf = async (client: string) => (await ask(client))[0];
  expect([await statusOf('192.0.2.1'), await statusOf('192.0.2.1'), await statusOf('192.0.2.2')]).toEqual([
    200, 429, 200,
  ]);
  expect(await statusOf('192.0.2.3')).toBe(200);
  expect([await statusOf('192.0.2.2'), await statusOf('192.0.2.3')]).toEqual([429, 429]);
  expect(await statusOf('192.0.2.1')).toBe(200);
});

test('a page that fetches six ranges of 8 MiB at a time over 1 Gbit/s stays far below what it may', () => {
  const perMinute = (1e9 / 8 / (8 * 1024 * 1024)) * 60;
  expect(defaultMirrorLimits.requestsPerMinute).toBeGreaterThan(perMinute * 5);
  expect(defaultMirrorLimits.transfersPerClient).toBeGreaterThan(6 * 5);
});
