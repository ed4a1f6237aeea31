import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fetchWllama } from './wllama-wasm.ts';

/** A real server, and how many bytes of its answer went out to their end. */
async function serve({ status = 200, bytes = 2 ** 22 } = {}) {
  const sent = { bytes: 0 };
  const server = createServer((_, response) => {
    response.statusCode = status;
    response.end(new Uint8Array(bytes), () => {
      sent.bytes += bytes;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // It listens on a port.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sent };
}

test('takes the whole file', async () => {
  const { url, sent } = await serve();
  await fetchWllama(url);
  await vi.waitFor(() => expect(sent.bytes).toBe(2 ** 22)); // the server may hear of its end after the client
});

test('a server without it is an error', async () => {
  const { url } = await serve({ status: 404 });
  await expect(fetchWllama(url)).rejects.toThrow('404');
});
