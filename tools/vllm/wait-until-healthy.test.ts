import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from './free-port.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

async function serve(listener: RequestListener, port = 0): Promise<string> {
  const server = createServer(listener).listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on TCP has an address of this shape.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
}

test('waits for a server that does not listen yet', async () => {
  const port = await freePort();
  const { signal } = new AbortController();
  const healthy = waitUntilHealthy(`http://127.0.0.1:${port}/health`, { signal, intervalMs: 20 });
  await serve((_, response) => response.end(), port);
  await healthy;
});

test('asks again, one request at a time, until the answer is a 2xx', async () => {
  const statuses = [503, 404, 302, 500, 204];
  const asked: number[] = [];
  let open = 0;
  const url = await serve((_, response) => {
    expect(++open).toBe(1);
    response.statusCode = statuses[asked.length] ?? 200;
    asked.push(response.statusCode);
    response.on('finish', () => open--).end();
  });
  await waitUntilHealthy(url, { signal: new AbortController().signal, intervalMs: 1 });
  expect(asked).toEqual(statuses);
});

test('an abort is thrown as it is, between two requests', async () => {
  const controller = new AbortController();
  const reason = new DOMException('stopped', 'AbortError');
  const url = await serve((_, response) => {
    response.statusCode = 503;
    response.on('close', () => setImmediate(() => controller.abort(reason))).end();
  });
  await expect(waitUntilHealthy(url, { signal: controller.signal, intervalMs: 60_000 })).rejects.toBe(reason);
});

test('an abort is thrown as it is, while a request waits', async () => {
  const controller = new AbortController();
  const reason = new DOMException('stopped', 'AbortError');
  const url = await serve(() => controller.abort(reason));
  await expect(waitUntilHealthy(url, { signal: controller.signal })).rejects.toBe(reason);
});
