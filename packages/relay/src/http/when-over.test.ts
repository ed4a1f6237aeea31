import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { whenOver } from './when-over.ts';

/** A server that leaves every request unanswered; tells which of them are over. */
async function silentServer() {
  const over: string[] = [];
  const responses = new Map<string, ServerResponse>();
  const server = createServer(({ url = '', socket }, response) => {
    responses.set(url, response);
    whenOver(socket, response, () => over.push(url));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo; // a listening TCP server has an address of this form
  const socket = connect(port, '127.0.0.1');
  for (const path of ['/one', '/two', '/three']) socket.write(`GET ${path} HTTP/1.1\r\nHost: relay\r\n\r\n`);
  await expect.poll(() => responses.size).toBe(3);
  return {
    over,
    responses,
    socket,
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('an answer that has ended is over, and those behind it are not', async () => {
  await using server = await silentServer();
  server.responses.get('/one')?.end();
  await expect.poll(() => server.over).toEqual(['/one']);
});

test('a client that leaves ends what waits behind its first answer too, each once', async () => {
  await using server = await silentServer();
  server.responses.get('/one')?.end();
  await expect.poll(() => server.over).toEqual(['/one']);
  server.socket.destroy();
  await expect.poll(() => server.over.toSorted()).toEqual(['/one', '/three', '/two']);
});
