import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { link, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { listed, type MirrorRelay, sha256, startMirrorRelay, writePackage } from './mirror-relay.test.support.ts';

const weights = randomBytes(3_000_000);

let folder: string;
let relay: MirrorRelay;
let base: string;

function makePackage(id: string, paths: readonly string[], content: Uint8Array = weights, name = id): Promise<void> {
  return writePackage(folder, id, Object.fromEntries(paths.map((path) => [path, content])), { name });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-mirror-'));
  await makePackage('tiny', ['model.gguf', 'deep/a b+ñ.bin']);
  await writeFile(join(folder, 'tiny', 'files', 'secret.txt'), 'not in the manifest');
  await writeFile(join(folder, 'outside.txt'), 'outside');
  await makePackage('empty', ['nothing.bin'], new Uint8Array());
  await makePackage('other-name', ['model.gguf'], weights, 'tiny');
  await makePackage('changed', ['model.gguf']);
  await writeFile(join(folder, 'changed', 'files', 'model.gguf'), 'shorter');
  await makePackage('gone', ['model.gguf']);
  await rm(join(folder, 'gone', 'files', 'model.gguf'));
  await makePackage('linked', ['model.gguf']);
  await rm(join(folder, 'linked', 'files', 'model.gguf'));
  await writeFile(join(folder, 'weights.bin'), weights);
  await symlink(join(folder, 'weights.bin'), join(folder, 'linked', 'files', 'model.gguf'));
  await makePackage('hard', ['model.gguf']);
  await rm(join(folder, 'hard', 'files', 'model.gguf'));
  await link(join(folder, 'weights.bin'), join(folder, 'hard', 'files', 'model.gguf'));
  await makePackage('broken', ['model.gguf']);
  await writeFile(join(folder, 'broken', 'manifest.json'), '{"schema":');
  relay = await startMirrorRelay({ folder });
  base = relay.base;
});
afterAll(async () => {
  await relay[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const fetchFile = (headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${base}/tiny/files/model.gguf`, { headers, method });

test('a file is given whole, under its hash, to be kept for ever', async () => {
  const response = await fetchFile();
  expect(response.status).toBe(200);
  expect(sha256(Buffer.from(await response.arrayBuffer()))).toBe(sha256(weights));
  expect(Object.fromEntries(response.headers)).toMatchObject({
    etag: `"${sha256(weights)}"`,
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    'content-length': '3000000',
    'content-type': 'application/octet-stream',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  });
});

test('ranges come byte by byte as asked', async () => {
  for (const [range, start, end] of [
    ['bytes=0-0', 0, 0],
    ['bytes=1000000-1999999', 1_000_000, 1_999_999],
    ['bytes=2999999-', 2_999_999, 2_999_999],
    ['bytes=-5', 2_999_995, 2_999_999],
    ['bytes=2999990-9999999', 2_999_990, 2_999_999],
  ] as const) {
    const response = await fetchFile({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/3000000`);
    expect(Buffer.from(await response.arrayBuffer()).equals(weights.subarray(start, end + 1))).toBe(true);
  }
});

test('a range that the file does not have is refused with its size', async () => {
  const response = await fetchFile({ range: 'bytes=3000000-' });
  expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
    416,
    'bytes */3000000',
    '',
  ]);
});

test('a range of another version becomes the whole file', async () => {
  const same = await fetchFile({ range: 'bytes=0-9', 'if-range': `"${sha256(weights)}"` });
  expect(same.status).toBe(206);
  await same.arrayBuffer();
  for (const other of ['"another"', `W/"${sha256(weights)}"`, 'Mon, 01 Jan 2024 00:00:00 GMT']) {
    const response = await fetchFile({ range: 'bytes=0-9', 'if-range': other });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 3_000_000]);
  }
});

test('who has a file already does not get it again', async () => {
  for (const tag of [`"${sha256(weights)}"`, `W/"${sha256(weights)}"`, `"x", "${sha256(weights)}"`, '*'])
    expect((await fetchFile({ 'if-none-match': tag })).status).toBe(304);
  const other = await fetchFile({ 'if-none-match': '"x"' });
  expect(other.status).toBe(200);
  await other.body?.cancel();
});

test('HEAD tells the size and sends nothing', async () => {
  const response = await fetchFile({}, 'HEAD');
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
    200,
    '3000000',
    '',
  ]);
  // Only GET has ranges.
  const part = await fetchFile({ range: 'bytes=0-9' }, 'HEAD');
  expect([part.status, part.headers.get('content-length')]).toEqual([200, '3000000']);
});

test('an empty file is a file', async () => {
  const response = await fetch(`${base}/empty/files/nothing.bin`);
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('a path of several parts, with blanks and other letters, is found percent-encoded', async () => {
  const response = await fetch(`${base}/tiny/files/deep/a%20b%2B%C3%B1.bin`, { method: 'HEAD' });
  expect(response.status).toBe(200);
});

test('a listed origin may read and embed it, and see which range it got', async () => {
  const response = await fetchFile({ origin: listed, range: 'bytes=0-1' });
  await response.arrayBuffer();
  expect(response.headers.get('access-control-allow-origin')).toBe(listed);
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(response.headers.get('access-control-expose-headers')).toContain('Content-Range');
  expect(response.headers.get('vary')).toContain('Origin');
});

test('a listed origin may ask for ranges, also under a condition', async () => {
  const answer = await fetch(`${base}/tiny/files/model.gguf`, {
    method: 'OPTIONS',
    headers: {
      origin: listed,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'if-none-match,if-range,range',
    },
  });
  expect([answer.status, answer.headers.get('access-control-allow-headers')]).toEqual([
    204,
    'if-none-match, if-range, range',
  ]);
});

test('another origin gets nothing', async () => {
  const response = await fetchFile({ origin: 'https://evil.example' });
  expect(response.status).toBe(403);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});

test('a hard link serves as the file itself', async () => {
  const response = await fetch(`${base}/hard/files/model.gguf`, { method: 'HEAD' });
  expect(response.status).toBe(200);
});

/** `fetch` and `URL` would tidy these paths up before they are sent. */
async function rawStatus(path: string): Promise<string> {
  const socket = createConnection(relay.port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${relay.port}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const part of socket.setEncoding('latin1')) text += part;
  expect(text).not.toContain('not in the manifest');
  expect(text).not.toContain('outside');
  return text.split(' ')[1] ?? '';
}

const models = '/orilla/v1/models';
test.each([
  `${models}/tiny/files/secret.txt`,
  `${models}/tiny/files/manifest.json`,
  `${models}/tiny/manifest.json/`,
  `${models}/tiny/manifest.json/x`,
  `${models}/tiny/`,
  `${models}/tiny`,
  `${models}/tiny/files`,
  `${models}/tiny/files/`,
  `${models}/tiny/model.gguf`,
  `${models}/tiny/files/../../outside.txt`,
  `${models}/tiny/files/..%2f..%2foutside.txt`,
  `${models}/tiny/files/%2e%2e/%2e%2e/outside.txt`,
  `${models}/tiny/files/..\\..\\outside.txt`,
  `${models}/tiny/files/model.gguf%00`,
  `${models}/tiny/files/%00model.gguf`,
  `${models}/tiny%00/manifest.json`,
  `${models}/tiny/files/deep%2fa%20b+%C3%B1.bin`,
  `${models}/tiny/files/deep%5ca%20b%2B%C3%B1.bin`,
  `${models}/tiny/files/deep\\a%20b%2B%C3%B1.bin`,
  `${models}/tiny/files/MODEL.gguf`,
  `${models}/tiny/files/model.GGUF`,
  `${models}/TINY/manifest.json`,
  `${models}/tiny/Manifest.json`,
  `${models}/tiny/FILES/model.gguf`,
  `${models}/tiny/files/model.gguf%2f`,
  `${models}/tiny/files/model%252egguf`,
  `${models}/tiny/files/model.gguf;v=1`,
  `${models}/tiny/files/model.gguf/`,
  `${models}/tiny/files//model.gguf`,
  `${models}/tiny/files/./model.gguf`,
  `${models}/tiny/files/%`,
  `${models}/tiny/files/%ff`,
  `${models}/tiny/files//etc/passwd`,
  `${models}/../tiny/manifest.json`,
  `${models}/..%2ftiny/manifest.json`,
  `${models}/%2e%2e/manifest.json`,
  `${models}/./manifest.json`,
  `${models}//tiny/manifest.json`,
  `${models}/TINY2/manifest.json`,
  `${models}/__proto__/manifest.json`,
  `${models}/constructor/manifest.json`,
  `${models}/other-name/manifest.json`,
  `${models}/other-name/files/model.gguf`,
  `${models}/broken/manifest.json`,
  `${models}/broken/files/model.gguf`,
  `${models}/gone/files/model.gguf`,
  `${models}/linked/files/model.gguf`,
])('%s is not here', async (path) => {
  expect(await rawStatus(path)).toBe('404');
});

test("a file that is not the one of its manifest is refused as the mirror's own failure", async () => {
  const response = await fetch(`${base}/changed/files/model.gguf`);
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('make the package again');
});

test('a package that appears, changes or goes while the relay runs is noticed', async () => {
  const url = `${base}/late/manifest.json`;
  expect((await fetch(url)).status).toBe(404);
  await makePackage('late', ['one.bin']);
  expect(await (await fetch(url)).text()).toContain('one.bin');
  await makePackage('late', ['another.bin']);
  expect(await (await fetch(url)).text()).toContain('another.bin');
  await rm(join(folder, 'late'), { recursive: true });
  expect((await fetch(url)).status).toBe(404);
});

test('a client that leaves in the middle leaves no open file behind', async () => {
  const openFiles = async () => (await readdir('/dev/fd')).length;
  const before = await openFiles();
  for (let round = 0; round < 20; round++) {
    const request = get(`${base}/tiny/files/model.gguf`, { agent: false });
    const [response] = await once(request, 'response');
    await once(response, 'data');
    request.destroy();
  }
  await vi.waitFor(async () => expect(await openFiles()).toBeLessThanOrEqual(before + 2), { timeout: 5_000 });
});

test('a reader that is slow is not read ahead of', async () => {
  const request = get(`${base}/tiny/files/model.gguf`, { agent: false });
  const [response] = await once(request, 'response');
  let received = 0;
  for await (const part of response) {
    received += part.length;
    if (received < 500_000) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(received).toBe(3_000_000);
});
