import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInside } from './open-inside.ts';
import { matchesTag, sendFile } from './send-file.ts';

const content = randomBytes(8_000_000);
const etag = '"v1"';
let folder: string;
let server: Server;
let port: number;
const failures: unknown[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-send-'));
  await writeFile(join(folder, 'whole.bin'), content);
  server = createServer(async (request, response) => {
    const file = await openInside(folder, (request.url ?? '').slice(1));
    if (!file) return void response.writeHead(404).end();
    await sendFile(request, response, file, {
      etag,
      contentType: 'application/octet-stream',
      cacheControl: 'no-cache',
    }).catch((error: unknown) => failures.push(error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
  expect(failures).toEqual([]);
});

async function open(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const [response] = await once(get({ port, host: '127.0.0.1', path, headers, agent: false }), 'response');
  return response;
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  return Buffer.concat(parts);
}

test('a file that becomes shorter while it is sent ends in a cut connection, not in a short answer', async () => {
  const path = join(folder, 'shrinking.bin');
  await writeFile(path, content);
  const response = await open('/shrinking.bin');
  expect(response.headers['content-length']).toBe('8000000');
  await truncate(path, 1_000_000);
  await expect(read(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('what the connection was asked for next does not pass for the rest of a file that became shorter', async () => {
  const path = join(folder, 'pipelined.bin');
  await writeFile(path, content);
  const socket = createConnection(port, '127.0.0.1');
  socket.write('GET /pipelined.bin HTTP/1.1\r\nHost: x\r\n\r\nGET /whole.bin HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'readable');
  await truncate(path, 1_000);
  let bytes = 0;
  let heads = 0;
  for await (const part of socket) {
    bytes += part.length;
    heads += part.toString('latin1').split('HTTP/1.1 200').length - 1;
  }
  expect(bytes).toBeLessThan(8_000_000);
  expect(heads).toBe(1);
});

test('a file that grows while it is sent is sent as it was', async () => {
  const path = join(folder, 'growing.bin');
  await writeFile(path, content);
  const response = await open('/growing.bin');
  await writeFile(path, randomBytes(10), { flag: 'a' });
  expect((await read(response)).equals(content)).toBe(true);
});

test('several ranges at once are answered with the whole file', async () => {
  const response = await open('/whole.bin', { range: 'bytes=0-1,5-6' });
  expect([response.statusCode, response.headers['content-range']]).toEqual([200, undefined]);
  expect((await read(response)).equals(content)).toBe(true);
});

test('a range ends where it was asked to, across many reads', async () => {
  for (const [start, end] of [
    [0, 262_143],
    [1, 262_144],
    [262_143, 786_433],
    [7_999_999, 7_999_999],
  ] as const) {
    const response = await open('/whole.bin', { range: `bytes=${start}-${end}`, 'if-range': etag });
    expect([response.statusCode, response.headers['content-length']]).toEqual([206, String(end - start + 1)]);
    expect((await read(response)).equals(content.subarray(start, end + 1))).toBe(true);
  }
});

test('who has the file already is told so, whatever range it asks for', async () => {
  const response = await open('/whole.bin', { range: 'bytes=9000000-', 'if-none-match': etag });
  expect([response.statusCode, (await read(response)).length]).toEqual([304, 0]);
});

test.each([
  [undefined, false],
  ['', false],
  ['"v1"', true],
  ['W/"v1"', true],
  ['"v0", "v1"', true],
  ['*', true],
  ['v1', false],
  ['"V1"', false],
  ['"v1', false],
])('If-None-Match: %s', (header, isSame) => {
  expect(matchesTag(header, etag)).toBe(isSame);
});
