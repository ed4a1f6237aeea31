import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { download, WrongFileError } from './download.ts';
import { type Fault, startFaultyFileServer } from './faulty-file-server.ts';

const file = randomBytes(3_000_000);
const sha256 = createHash('sha256').update(file).digest('hex');
const fast = { retryDelayMs: 1 };

const isWhole = async (path: string) => file.equals(await readFile(path));
/** Where a request asked to begin. */
const startOf = (range: string | undefined) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);

async function setUp(...faults: Fault[]) {
  const server = await startFaultyFileServer(file, faults);
  const folder = await scratchFolder();
  const path = join(folder.path, 'model.gguf');
  return {
    server,
    path,
    remote: { url: server.url, bytes: file.length, sha256 },
    files: () => readdir(folder.path),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('brings the file under its name and leaves no part', async () => {
  await using at = await setUp();
  const seen: number[] = [];
  await download(at.remote, at.path, { onProgress: (bytes) => seen.push(bytes) });
  expect(await isWhole(at.path)).toBe(true);
  expect(await at.files()).toEqual(['model.gguf']);
  expect(seen[0]).toBe(0);
  expect(seen.at(-1)).toBe(file.length);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test('resumes after the connection drops at byte N, asking only for the rest', async () => {
  await using at = await setUp({ kind: 'drop', afterBytes: 1_000_000 }, { kind: 'drop', afterBytes: 500_000 });
  await download(at.remote, at.path, fast);
  expect(await isWhole(at.path)).toBe(true);
  const [first, second = 0, third = 0] = at.server.ranges.map(startOf);
  // A cut connection may take the last bytes sent with it.
  expect(first).toBe(0);
  expect(second).toBeGreaterThan(900_000);
  expect(third).toBeGreaterThan(second + 400_000);
});

test('starts over when the server ignores Range, and is still right', async () => {
  await using at = await setUp({ kind: 'drop', afterBytes: 1_000_000 }, { kind: 'ignore-range' });
  await download(at.remote, at.path, fast);
  expect(await isWhole(at.path)).toBe(true);
});

test('goes on from the part that an earlier run left', async () => {
  await using at = await setUp();
  await writeFile(`${at.path}.part`, file.subarray(0, 2_999_999));
  const seen: number[] = [];
  await download(at.remote, at.path, { onProgress: (bytes) => seen.push(bytes) });
  expect(at.server.ranges).toEqual(['bytes=2999999-']);
  expect(seen).toEqual([2_999_999, 3_000_000]);
});

test('asks for nothing when an earlier run left the whole part', async () => {
  await using at = await setUp();
  await writeFile(`${at.path}.part`, file);
  await download(at.remote, at.path);
  expect(at.server.ranges).toEqual([]);
  expect(await at.files()).toEqual(['model.gguf']);
});

test('a part that is longer than the file is thrown away', async () => {
  await using at = await setUp();
  await writeFile(`${at.path}.part`, Buffer.concat([file, Buffer.from('more')]));
  await download(at.remote, at.path);
  expect(at.server.ranges).toEqual([undefined]);
  expect(await isWhole(at.path)).toBe(true);
});

test('an abort throws the signal’s reason, keeps what has arrived, and the next call goes on there', async () => {
  await using at = await setUp({ kind: 'stall', afterBytes: 1_000_000 });
  const stop = new AbortController();
  const aborted = download(at.remote, at.path, {
    signal: stop.signal,
    onProgress: (bytes) => bytes === 1_000_000 && stop.abort(),
  });
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  expect((await stat(`${at.path}.part`)).size).toBe(1_000_000);
  await download(at.remote, at.path);
  expect(at.server.ranges).toEqual([undefined, 'bytes=1000000-']);
  expect(await isWhole(at.path)).toBe(true);
});

test('a body that stops coming is dropped and taken up again', async () => {
  await using at = await setUp({ kind: 'stall', afterBytes: 1_000_000 });
  await download(at.remote, at.path, { ...fast, stallTimeoutMs: 200 });
  expect(at.server.ranges).toEqual([undefined, 'bytes=1000000-']);
  expect(await isWhole(at.path)).toBe(true);
});

test('a server that never answers is given up within the time allowed', async () => {
  await using at = await setUp({ kind: 'silent' }, { kind: 'silent' }, { kind: 'silent' });
  const begun = performance.now();
  await expect(download(at.remote, at.path, { ...fast, answerTimeoutMs: 100 })).rejects.toThrow(
    /did not answer within 100 ms/,
  );
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(at.server.ranges).toHaveLength(3);
  expect(await at.files()).toEqual([]);
});

test('wrong bytes: refused by their hash, and the part is deleted', async () => {
  await using at = await setUp({ kind: 'wrong-bytes' });
  await expect(download(at.remote, at.path, fast)).rejects.toThrow(WrongFileError);
  expect(await at.files()).toEqual([]);
  expect(at.server.ranges).toHaveLength(1);
});

test.each([
  ['a longer file', { kind: 'wrong-length', extraBytes: 7, named: true }, /it has 3000007 bytes, not 3000000/],
  ['a shorter file', { kind: 'wrong-length', extraBytes: -7, named: true }, /it has 2999993 bytes, not 3000000/],
  ['more bytes than it named', { kind: 'wrong-length', extraBytes: 7, named: false }, /more than the 3000000 bytes/],
  ['a web page with status 200', { kind: 'web-page' }, /a web page instead of the file/],
  ['nothing by that name', { kind: 'status', status: 404 }, /HTTP 404/],
] satisfies [string, Fault, RegExp][])('refuses %s without asking again', async (_, fault, message) => {
  await using at = await setUp(fault);
  await expect(download(at.remote, at.path, fast)).rejects.toThrow(message);
  expect(at.server.ranges).toHaveLength(1);
  expect(await at.files()).toEqual([]);
});

test('a body that ends early without having named its length is taken up again', async () => {
  await using at = await setUp({ kind: 'wrong-length', extraBytes: -7, named: false });
  await download(at.remote, at.path, fast);
  expect(at.server.ranges).toEqual([undefined, 'bytes=2999993-']);
});

test('a partial answer that starts elsewhere is refused, and what had arrived stays', async () => {
  await using at = await setUp({ kind: 'drop', afterBytes: 1_000_000 }, { kind: 'wrong-range' });
  await expect(download(at.remote, at.path, fast)).rejects.toThrow(/it sends "bytes \d+-2999999\/3000000" when asked/);
  expect((await stat(`${at.path}.part`)).size).toBe(startOf(at.server.ranges[1]));
});

test('a busy server is asked again, a few times', async () => {
  const busy: Fault = { kind: 'status', status: 503 };
  await using at = await setUp(busy, busy);
  await download(at.remote, at.path, fast);
  expect(await isWhole(at.path)).toBe(true);
  await using always = await setUp(busy, busy, busy);
  await expect(download(always.remote, always.path, fast)).rejects.toThrow(/HTTP 503/);
});

test('follows a redirect with the range asked for', async () => {
  await using store = await setUp();
  await using hub = await setUp({ kind: 'redirect', to: store.server.url });
  await writeFile(`${hub.path}.part`, file.subarray(0, 10));
  await download(hub.remote, hub.path);
  expect(store.server.ranges).toEqual(['bytes=10-']);
  expect(await isWhole(hub.path)).toBe(true);
});

test('a circle of redirects ends with an error', async () => {
  const here: Fault = { kind: 'redirect', to: '/model.gguf' };
  await using at = await setUp(...Array.from({ length: 30 }, () => here));
  await expect(download(at.remote, at.path, fast)).rejects.toThrow(/redirects more than 5 times/);
});
