import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

async function listen(port: number) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test('finds a port that a server can then listen on', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThan(0);
  (await listen(port)).close();
});

test('gives a wanted port back when it is free', async () => {
  const port = await freePort(0);
  expect(await freePort(port)).toBe(port);
});

test('a wanted port that is taken is an error that says what to do', async () => {
  const port = await freePort();
  const server = await listen(port);
  await expect(freePort(port)).rejects.toThrow(
    `Port ${port} is in use. Stop what listens there, or choose another with --port.`,
  );
  server.close();
});
