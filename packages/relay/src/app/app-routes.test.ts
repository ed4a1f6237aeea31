import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultLimits } from '../config/default-limits.ts';
import { type Relay, startRelay } from '../relay.ts';

let root: string;
let folder: string;
let relay: Relay;
let base: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'orilla-app-'));
  folder = join(root, 'dist');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await mkdir(join(folder, '.git'));
  await writeFile(join(root, 'secret.txt'), 'outside');
  await writeFile(join(folder, '.git', 'config'), 'hidden');
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Orilla</title>');
  await writeFile(join(folder, 'sw.js'), 'self.skipWaiting()');
  await writeFile(join(folder, 'manifest.webmanifest'), '{}');
  await writeFile(join(folder, 'assets', 'index-Bx3kQ9_a.js'), 'export {}');
  await writeFile(join(folder, 'assets', 'wllama-C0ffee42.wasm'), '\0asm');
  await writeFile(join(folder, 'assets', 'plain.css'), 'body {}');
  await symlink(join(root, 'secret.txt'), join(folder, 'linked.txt'));
  const silent = () => undefined;
  relay = await startRelay(
    {
      listen: { host: '127.0.0.1', port: 0 },
      hosts: [],
      access: {
        keys: [
          {
            name: 'k',
            sha256: Buffer.alloc(32),
            ceiling: { label: 'organization' },
            default: { label: 'organization' },
          },
        ],
        cors: { origins: [] },
      },
      upstreams: [],
      models: [],
      limits: defaultLimits,
      privacy: { ceiling: { label: 'organization' }, default: { label: 'organization' } },
      mirror: undefined,
      app: { folder, connect: ['https://hub.example', 'https://*.hub.example'] },
      catalog: undefined,
    },
    { logger: { info: silent, warn: silent, error: silent } },
  );
  base = `http://127.0.0.1:${relay.address.port}`;
});
afterAll(async () => {
  await relay.close();
  await rm(root, { recursive: true, force: true });
});

test('the page is served without a key, isolated, and may do exactly what it needs', async () => {
  const response = await fetch(`${base}/`);
  expect([response.status, await response.text()]).toEqual([200, '<!doctype html><title>Orilla</title>']);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    'content-security-policy': [
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "worker-src 'self' blob:",
      "connect-src 'self' blob: data: https://hub.example https://*.hub.example",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "manifest-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "form-action 'none'",
    ].join('; '),
  });
});

test.each([
  ['/?model=smollm2-135m', 'text/html; charset=utf-8', 'no-cache'],
  ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
  ['/sw.js', 'text/javascript; charset=utf-8', 'no-cache'],
  ['/manifest.webmanifest', 'application/manifest+json', 'no-cache'],
  ['/assets/plain.css', 'text/css; charset=utf-8', 'no-cache'],
  ['/assets/index-Bx3kQ9_a.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ['/assets/wllama-C0ffee42.wasm', 'application/wasm', 'public, max-age=31536000, immutable'],
])('%s is %s, kept as %s', async (path, type, cache) => {
  const response = await fetch(base + path);
  await response.arrayBuffer();
  expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
    200,
    type,
    cache,
  ]);
  // Without it a worker's script is refused by a page that requires it.
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
});

test('what has not changed is not sent again, and what has changed is', async () => {
  const path = join(folder, 'index.html');
  const etag = (await fetch(`${base}/`)).headers.get('etag') ?? '';
  expect((await fetch(`${base}/`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  await writeFile(path, '<!doctype html><title>Orilla</title><!-- rebuilt -->');
  const changed = await fetch(`${base}/`, { headers: { 'if-none-match': etag } });
  expect([changed.status, await changed.text()]).toEqual([200, '<!doctype html><title>Orilla</title><!-- rebuilt -->']);
  await writeFile(path, '<!doctype html><title>Orilla</title>');
});

test('a file that goes away while the relay runs is missing, not a crash', async () => {
  const path = join(folder, 'assets', 'old-12345678.js');
  await writeFile(path, '1');
  expect((await fetch(`${base}/assets/old-12345678.js`)).status).toBe(200);
  await rm(path);
  expect((await fetch(`${base}/assets/old-12345678.js`)).status).toBe(404);
});

async function raw(path: string): Promise<{ status: string; text: string }> {
  const socket = createConnection(relay.address.port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${relay.address.port}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const part of socket.setEncoding('latin1')) text += part;
  return { status: text.split(' ')[1] ?? '', text };
}

test.each([
  '/nothing',
  '/assets',
  '/assets/',
  '/index',
  '/index.html/',
  '//index.html',
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/../../secret.txt',
  '/assets/..%5c..%5csecret.txt',
  '/.git/config',
  '/%2egit/config',
  '/linked.txt',
  '/index.html%00',
  '/%',
  '/%c0%ae%c0%ae/secret.txt',
  '/__proto__',
  '/v1/nothing',
  '/orilla/v1/nothing',
  '/orilla/v1/models/tiny/manifest.json',
])('%s is an error, never the page', async (path) => {
  const { status, text } = await raw(path);
  expect(status).toBe('404');
  expect(text).not.toContain('<!doctype');
  expect(text).not.toContain('outside');
  expect(text).not.toContain('hidden');
});

test('the app answers to GET and HEAD only', async () => {
  expect((await fetch(`${base}/`, { method: 'HEAD' })).status).toBe(200);
  expect(
    (await fetch(`${base}/`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
  ).toBe(404);
});

test('the models keep asking for a key while the app is open', async () => {
  expect((await fetch(`${base}/v1/models`)).status).toBe(401);
});
