import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { chatAnswer } from '../chat-exchange.ts';
import { sendLoad } from './send-load.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function serve(listener: RequestListener) {
  const sockets = new Set<unknown>();
  const server = createServer(listener).listen(0, '127.0.0.1');
  server.on('connection', (socket) => sockets.add(socket));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

test('sends exactly as many chats as asked for, over the connections asked for', async () => {
  const bodies: unknown[] = [];
  const { origin, sockets } = await serve(async (request, response) => {
    bodies.push(await json(request));
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer k' });
    response.end(chatAnswer());
  });
  const load = { origin, headers: { authorization: 'Bearer k' }, requests: 50, connections: 4 };
  const { seconds } = await sendLoad(load);
  expect(seconds).toBeGreaterThan(0);
  expect(bodies).toHaveLength(50);
  expect(bodies[49]).toMatchObject({ model: 'bench' });
  expect(sockets.size).toBe(4);
});

test('never has more than one request under way on a connection', async () => {
  const open = { now: 0, most: 0 };
  const { origin } = await serve((request, response) => {
    open.most = Math.max(open.most, ++open.now);
    request.resume().on('end', () =>
      setImmediate(() => {
        open.now--;
        response.end(chatAnswer());
      }),
    );
  });
  await sendLoad({ origin, headers: {}, requests: 60, connections: 3 });
  expect(open.most).toBeLessThanOrEqual(3);
});

test.each<[string, RequestListener]>([
  ['an error status', (_, response) => response.writeHead(500).end(chatAnswer())],
  ['another answer', (_, response) => response.end('{}')],
])('%s is a failure of the measurement, not a request that was fast', async (_, listener) => {
  const { origin } = await serve((request, response) => request.resume().on('end', () => listener(request, response)));
  const load = sendLoad({ origin, headers: {}, requests: 20, connections: 2 });
  await expect(load).rejects.toThrow(/not the upstream's: status \d+/);
});

test('a server that hangs up is a failure', async () => {
  const { origin } = await serve((request) => request.socket.destroy());
  await expect(sendLoad({ origin, headers: {}, requests: 5, connections: 1 })).rejects.toThrow();
});
