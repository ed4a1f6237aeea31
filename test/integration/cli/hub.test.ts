import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LargeGguf, largeGguf } from '../../fixtures/large-gguf.ts';
import { runCli } from './run-cli.ts';

const MiB = 1024 ** 2;
const commit = '0123456789abcdef0123456789abcdef01234567';

/** A hub with one file of a size that nobody keeps in memory, sent as slowly as the test likes. */
interface LargeHub extends AsyncDisposable {
  readonly url: string;
  readonly starts: readonly number[];
  /** Stops sending behind this byte, with the connection open. */
  holdAt: number;
}

async function startLargeHub(content: LargeGguf): Promise<LargeHub> {
  const starts: number[] = [];
  const hub = { url: '', starts, holdAt: Number.POSITIVE_INFINITY };
  const { bytes } = content;
  const sha256 = content.sha256();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://hub').pathname;
    const json = (value: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (path.includes('/revision/'))
      return json({ _id: '1', id: 'us/large', sha: commit, lastModified: '2024-01-01T00:00:00Z' });
    if (path.includes('/tree/'))
      return json([{ type: 'file', path: 'large.gguf', size: bytes, oid: '1', lfs: { oid: sha256, size: bytes } }]);
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const [start, end] = [Number(from), to === '' ? bytes : Number(to) + 1];
    if (to === '') starts.push(start);
    response.writeHead(request.headers.range ? 206 : 200, {
      etag: `"${sha256}"`,
      'content-length': String(end - start),
      'content-range': `bytes ${start}-${end - 1}/${bytes}`,
    });
    const sent = Readable.from(content.pieces(start, Math.min(end, hub.holdAt)), { objectMode: false });
    sent.pipe(response, { end: end <= hub.holdAt });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of a server that listens on TCP
  return Object.assign(hub, {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

let mirror: string;
beforeEach(async () => {
  mirror = await mkdtemp(join(tmpdir(), 'orilla-hub-'));
});
afterEach(() => rm(mirror, { recursive: true, force: true }));

const content = largeGguf(256 * MiB);
const args = (url: string) => [
  'pack',
  'hf:us/large',
  '--to',
  mirror,
  '--hub',
  url,
  '--id',
  'large',
  '--license',
  'MIT',
];

async function whenPartHas(bytes: number): Promise<void> {
  const part = join(mirror, 'large', 'files', `large.gguf.${content.sha256().slice(0, 16)}.part`);
  // The other process writes it; nothing tells when.
  while (((await stat(part).catch(() => null))?.size ?? 0) < bytes) await new Promise((go) => setTimeout(go, 20));
}

test('a package that the process was killed in the middle of goes on where it was, in a constant amount of memory', async () => {
  await using hub = await startLargeHub(content);
  hub.holdAt = 70 * MiB;
  const killed = await runCli(args(hub.url), {
    onStart: (child) => void whenPartHas(69 * MiB).then(() => child.kill('SIGKILL')),
  });
  expect(killed.code).toBeNull();
  await expect(readFile(join(mirror, 'large', 'manifest.json'))).rejects.toThrow('ENOENT');
  hub.holdAt = Number.POSITIVE_INFINITY;
  const { code, stderr, peakBytes } = await runCli(args(hub.url));
  expect([code, stderr]).toEqual([0, '']);
  expect(hub.starts.at(-1)).toBeGreaterThanOrEqual(69 * MiB);
  console.log(`orilla pack of ${content.bytes / MiB} MiB from a hub: ${Math.round(peakBytes / MiB)} MiB`);
  // Run from sources, of which Node holds 30 MiB more than of what is built.
  expect(peakBytes).toBeLessThan(200 * MiB);
  expect(await readdir(join(mirror, 'large', 'files'))).toEqual(['large.gguf']);
  expect((await runCli(['verify', mirror])).code).toBe(0);
});

test('^C ends it with its own exit code, and the next run goes on', async () => {
  await using hub = await startLargeHub(content);
  hub.holdAt = 20 * MiB;
  const ended = await runCli(args(hub.url), {
    onStart: (child) => void whenPartHas(19 * MiB).then(() => child.kill('SIGINT')),
  });
  expect([ended.code, ended.stdout, ended.stderr]).toEqual([130, '', '']);
  hub.holdAt = Number.POSITIVE_INFINITY;
  expect((await runCli(args(hub.url))).code).toBe(0);
  expect(hub.starts.at(-1)).toBeGreaterThanOrEqual(19 * MiB);
  const bytes = await readFile(join(mirror, 'large', 'files', 'large.gguf'));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(content.sha256());
});
