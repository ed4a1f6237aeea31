import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { ModelManifest } from '@orilla/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  listed,
  type MirrorRelay,
  manifestOf,
  sha256,
  startMirrorRelay,
  writePackage,
} from './mirror-relay.test.support.ts';

let folder: string;
let relay: MirrorRelay;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-manifest-'));
  await writePackage(folder, 'tiny', { 'model.gguf': randomBytes(10) });
  relay = await startMirrorRelay({ folder });
});
afterAll(async () => {
  await relay[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Bytes as they are on the wire: `fetch` would unpack them. */
async function ask(headers: Record<string, string> = {}, { method = 'GET', id = 'tiny' } = {}) {
  const url = `${relay.base}/${id}/manifest.json`;
  return new Promise<{ status: number; headers: IncomingHttpHeaders; bytes: Buffer }>((resolve, reject) => {
    const outgoing = request(url, { method, headers }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(parts) });
    });
    outgoing.on('error', reject).end();
  });
}

const onDisk = (id = 'tiny') => readFile(join(folder, id, 'manifest.json'));
const unpack = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes: Buffer) => bytes };

test.each([
  ['br', 'gzip, deflate, br, zstd'],
  ['gzip', 'gzip'],
  ['gzip', 'br;q=0.5, gzip;q=0.9'],
  ['identity', ''],
  ['identity', 'identity, gzip;q=0.5'],
  ['identity', 'zstd'],
] as const)('is sent as %s to who says %j, under a strong tag of its own', async (encoding, accepted) => {
  const { status, headers, bytes } = await ask({ 'accept-encoding': accepted });
  const plain = await onDisk();
  expect(status).toBe(200);
  expect(unpack[encoding](bytes)).toEqual(plain);
  expect(headers['content-encoding']).toBe(encoding === 'identity' ? undefined : encoding);
  expect(headers).toMatchObject({
    etag: encoding === 'identity' ? `"${sha256(plain)}"` : `"${sha256(plain)}-${encoding}"`,
    vary: 'Origin, Accept-Encoding',
    'cache-control': 'no-cache',
    'content-length': String(bytes.length),
    'content-type': 'application/json',
    'cross-origin-resource-policy': 'same-origin',
  });
});

test.each(['br', 'gzip', ''])('who has it in this form (%j) already does not get it again', async (accepted) => {
  const first = await ask({ 'accept-encoding': accepted });
  const etag = first.headers.etag ?? '';
  for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const again = await ask({ 'accept-encoding': accepted, 'if-none-match': header });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    expect(again.headers).toMatchObject({ etag, vary: 'Origin, Accept-Encoding', 'cache-control': 'no-cache' });
  }
});

test('who has another form or another version gets this one', async () => {
  const { headers } = await ask({ 'accept-encoding': 'br' });
  for (const [accepted, tag] of [
    ['gzip', headers.etag ?? ''],
    ['', headers.etag ?? ''],
    ['br', '"another"'],
  ] as const)
    expect((await ask({ 'accept-encoding': accepted, 'if-none-match': tag })).status).toBe(200);
});

test.each(['br', ''])('HEAD tells the size that GET would have (%j)', async (accepted) => {
  const whole = await ask({ 'accept-encoding': accepted });
  const head = await ask({ 'accept-encoding': accepted }, { method: 'HEAD' });
  expect([head.status, head.bytes.length]).toEqual([200, 0]);
  for (const name of ['content-length', 'etag', 'content-encoding'] as const)
    expect(head.headers[name]).toBe(whole.headers[name]);
});

test('a range of it means nothing: it is sent whole', async () => {
  const { status, headers, bytes } = await ask({ range: 'bytes=0-3' });
  expect([status, headers['accept-ranges'], bytes]).toEqual([200, undefined, await onDisk()]);
});

test('a listed origin may read it and see its tag', async () => {
  const { headers } = await ask({ origin: listed, 'accept-encoding': 'gzip' });
  expect(headers).toMatchObject({
    'access-control-allow-origin': listed,
    'access-control-expose-headers': expect.stringContaining('ETag'),
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'Origin, Accept-Encoding',
  });
});

test('a signed manifest is given byte for byte, with what this version does not know and as it was written', async () => {
  await writePackage(folder, 'signed', { 'a.bin': randomBytes(3), 'deep/b.bin': randomBytes(4) });
  const signature = { algorithm: 'ed25519', keyId: '0123456789abcdef', value: `${'A'.repeat(86)}==` };
  const manifest: ModelManifest & Record<string, unknown> = {
    ...manifestOf('signed', { 'a.bin': randomBytes(3), 'deep/b.bin': randomBytes(4) }),
    signature: { ...signature, algorithm: 'ed25519' },
    'from a later version': { ñ: [1.0, 1e3] },
  };
  const text = `\n${JSON.stringify(manifest, null, '\t')}  \n`.replace('1000', '1e3');
  await writeFile(join(folder, 'signed', 'manifest.json'), text);
  for (const accepted of ['br', 'gzip', ''] as const) {
    const { bytes } = await ask({ 'accept-encoding': accepted }, { id: 'signed' });
    expect(unpack[accepted || 'identity'](bytes).toString()).toBe(text);
  }
});

test('a manifest that changed has another tag in every form, and the old ones no longer count', async () => {
  await writePackage(folder, 'changing', { 'a.bin': Buffer.from('one') });
  const before = await Promise.all(
    ['br', 'gzip', ''].map((accepted) => ask({ 'accept-encoding': accepted }, { id: 'changing' })),
  );
  // The same size, at once: only the content is another.
  await writePackage(folder, 'changing', { 'a.bin': Buffer.from('two') });
  for (const [index, accepted] of ['br', 'gzip', ''].entries()) {
    const etag = before[index]?.headers.etag ?? '';
    const now = await ask({ 'accept-encoding': accepted, 'if-none-match': etag }, { id: 'changing' });
    expect(now.status).toBe(200);
    expect(unpack[(accepted || 'identity') as keyof typeof unpack](now.bytes)).toEqual(await onDisk('changing'));
  }
});

test('a package that grew serves its new files and its old ones', async () => {
  const [one, two] = [Buffer.from('one'), Buffer.from('two')];
  await writePackage(folder, 'growing', { '1.bin': one });
  const file = (path: string) => fetch(`${relay.base}/growing/files/${path}`);
  expect([(await file('1.bin')).status, (await file('2.bin')).status]).toEqual([200, 404]);
  await writePackage(folder, 'growing', { '1.bin': one, 'shards/2.bin': two });
  expect(await (await file('1.bin')).text()).toBe('one');
  expect(await (await file('shards/2.bin')).text()).toBe('two');
});

test('many that ask at once for a form that nobody had yet all get it', async () => {
  await writePackage(folder, 'crowd', { 'a.bin': randomBytes(3) });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ask({ 'accept-encoding': 'br' }, { id: 'crowd' })),
  );
  const plain = await onDisk('crowd');
  for (const { bytes } of answers) expect(brotliDecompressSync(bytes)).toEqual(plain);
});

test('files are never packed', async () => {
  const response = await new Promise<{ headers: IncomingHttpHeaders }>((resolve) => {
    get(`${relay.base}/tiny/files/model.gguf`, { headers: { 'accept-encoding': 'br, gzip' } }, (incoming) => {
      incoming.resume();
      resolve(incoming);
    });
  });
  expect([response.headers['content-encoding'], response.headers['content-length']]).toEqual([undefined, '10']);
});
