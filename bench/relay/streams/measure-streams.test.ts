import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { measureStreams } from './measure-streams.ts';
import { startTokenUpstream, type TokenUpstream } from './token-upstream.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function upstream(): Promise<TokenUpstream> {
  const started = await startTokenUpstream();
  cleanups.push(() => started[Symbol.asyncDispose]());
  return started;
}

/** A byte-for-byte proxy before the upstream that holds back each direction for so long. */
async function delayed(origin: string, { answerMs = 0, closeMs = 0 }): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const { hostname, port } = new URL(origin);
    const far = connect(Number(port), hostname);
    for (const socket of [client, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined); // a side that is reset closes, which is what is watched
    }
    client.on('data', (data) => far.write(data));
    far.on('data', (data) => setTimeout(() => client.write(data), answerMs));
    client.on('close', () => setTimeout(() => far.destroy(), closeMs));
    far.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return originOf(server);
}

test('times the first token of each target, as often as asked for', async () => {
  const server = await upstream();
  const slow = await delayed(server.origin, { answerMs: 20 });
  const targets = { direct: { origin: server.origin, headers: {} }, slow: { origin: slow, headers: {} } };
  const latencies = await measureStreams({ measure: 'first-token', targets, rounds: 5, warmUpRounds: 1 }, server);
  expect(latencies.direct).toHaveLength(5);
  expect(latencies.slow).toHaveLength(5);
  expect(Math.min(...(latencies.slow ?? []))).toBeGreaterThanOrEqual(19);
  expect(Math.min(...(latencies.direct ?? []))).toBeLessThan(19);
});

test('times how long the upstream goes on after the client left', async () => {
  const server = await upstream();
  const slow = await delayed(server.origin, { closeMs: 30 });
  const targets = { direct: { origin: server.origin, headers: {} }, slow: { origin: slow, headers: {} } };
  const latencies = await measureStreams({ measure: 'abort', targets, rounds: 3, warmUpRounds: 1 }, server);
  expect(Math.min(...(latencies.slow ?? []))).toBeGreaterThanOrEqual(29);
  expect(Math.min(...(latencies.direct ?? []))).toBeLessThan(29);
});

test('a target that never tells the upstream is a failure, which names it', async () => {
  const server = await upstream();
  const deaf = await delayed(server.origin, { closeMs: 60_000 });
  const targets = { deaf: { origin: deaf, headers: {} } };
  const question = { measure: 'abort', targets, rounds: 1 } as const;
  await expect(measureStreams(question, server, { abortLimitMs: 200 })).rejects.toThrow(
    'deaf: 200 ms after the client left, the upstream still computes.',
  );
});

test('a target that answers without a token is a failure', async () => {
  const [server, other] = [await upstream(), createHttpServer((_, response) => response.writeHead(404).end('{}'))];
  other.listen(0, '127.0.0.1');
  cleanups.push(() => other.close());
  await once(other, 'listening');
  const targets = { wrong: { origin: originOf(other), headers: {} } };
  await expect(measureStreams({ measure: 'first-token', targets, rounds: 1 }, server)).rejects.toThrow('status 404');
});

function originOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}
