import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOrillaError } from '@orilla/contract';
import { expect, onTestFinished, test, vi } from 'vitest';
import { defaultMirrorLimits } from '../config/default-limits.ts';
import { createFolderSource } from './folder-source.ts';
import { createMirrorLimits } from './mirror-limits.ts';
import { writePackage } from './mirror-relay.test.support.ts';
import { mirrorRoutes } from './mirror-routes.ts';

const prefix = '/orilla/v1/models/';
const path = `${prefix}tiny/files/model.gguf`;

/** A mirror with few places, whose lookups wait for `release` once `hold` was called. */
async function setUp(places: { readonly transfersPerClient: number; readonly transfers: number }) {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-leaving-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writePackage(folder, 'tiny', { 'model.gguf': Buffer.alloc(8_000_000) });
  const source = createFolderSource(folder);
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  let looking = 0;
  const limits = await createMirrorLimits({ ...defaultMirrorLimits, ...places });
  const find: typeof source.find = async (id) => {
    looking++;
    await gate.promise;
    return source.find(id);
  };
  const [route] = mirrorRoutes({ source: { ...source, find }, limits });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const rest = (request.url ?? '').slice(prefix.length);
      // As much of an exchange as the mirror looks at.
      await route?.handle({ request, response, rest } as Parameters<typeof route.handle>[0]);
    } catch (error) {
      response.writeHead(isOrillaError(error) ? error.status : 500).end();
    }
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const statusNow = async () => {
    const [response] = await once(get({ port, host: '127.0.0.1', path, agent: false }), 'response');
    response.destroy();
    return response.statusCode;
  };
  return {
    port,
    statusNow,
    looking: () => looking,
    hold: () => {
      gate = Promise.withResolvers<void>();
    },
    release: () => gate.resolve(),
  };
}

test('clients that leave while their package is looked up take no place', async () => {
  const { port, hold, release, looking, statusNow } = await setUp({ transfersPerClient: 2, transfers: 3 });
  hold();
  const requests = Array.from({ length: 6 }, () => get({ port, host: '127.0.0.1', path, agent: false }));
  const left = requests.map((request) => once(request, 'error'));
  await vi.waitFor(() => expect(looking()).toBe(6));
  for (const request of requests) request.destroy(new Error('the reader left'));
  await Promise.all(left);
  // The server hears of it a little later.
  await new Promise((resolve) => setTimeout(resolve, 50));
  release();
  for (let round = 0; round < 4; round++) await expect.poll(statusNow).toBe(200);
});

test('answers that wait behind another one give their places and files back when the connection closes', async () => {
  const { port, looking, statusNow } = await setUp({ transfersPerClient: 4, transfers: 4 });
  const openFiles = async () => (await readdir('/dev/fd')).length;
  const before = await openFiles();
  const socket = createConnection(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: mirror\r\n\r\n`.repeat(4));
  await once(socket, 'readable');
  await vi.waitFor(() => expect(looking()).toBe(4));
  await vi.waitFor(async () => expect(await statusNow()).toBe(429));
  socket.destroy();
  await expect.poll(statusNow).toBe(200);
  await vi.waitFor(async () => expect(await openFiles()).toBeLessThanOrEqual(before + 1));
});
