import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { brokenBody, bytesResponse, json, type Served, webDouble } from '../network/web.double.ts';
import { quarantinePieceBytes } from '../pieces/pieces.ts';
import { describe, sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import type { PoisonReport } from '../source/load-sources.ts';
import { bytesOf, chunkCount, makeStore } from '../store.double.ts';

// A file of which only the whole hash is known, and sources of which one gives other bytes.

const content = sampleBytes(2 * quarantinePieceBytes, 5);
const wrong = Uint8Array.from(content).fill(0, 5, 9);
const { manifest: chunked } = samplePackage({ content });
const manifest = { ...chunked, files: chunked.files.map(({ chunks: _, ...file }) => file) };
const mirrorOf = (name: string) => `https://${name}.test/sample/`;
const pkgOf = (...names: readonly string[]) =>
  describe(
    manifest,
    names.map((name) => ({ kind: 'mirror', url: mirrorOf(name) }) as const),
  );
const serve = (files: Readonly<Record<string, Served>>) =>
  Object.fromEntries(
    Object.entries(files).flatMap(([name, file]) => [
      [`${mirrorOf(name)}manifest.json`, json(manifest)],
      [`${mirrorOf(name)}files/model.gguf`, file],
    ]),
  );

function setUp(files: Readonly<Record<string, Served>>, backend = memoryBackend()) {
  const network = webDouble(serve(files));
  const reports: PoisonReport[] = [];
  const tab = makeStore(network, { backend, onPoison: (report) => reports.push(report) });
  const requestsOf = (name: string) =>
    network.requests.filter(({ url }) => url === `${mirrorOf(name)}files/model.gguf`).length;
  return { ...tab, network, reports, requestsOf };
}

test('the file is fetched from the next source, and the one that gave other bytes is reported', async () => {
  const { bring, reports, requestsOf } = setUp({ bad: wrong, good: content });
  const { files } = await bring(pkgOf('bad', 'good')).brought;
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
  expect([requestsOf('bad'), requestsOf('good')]).toEqual([2, 2]);
  expect(reports).toEqual([{ origin: 'https://bad.test', path: 'model.gguf', chunk: 0 }]);
});

test('however many there are before a good one', async () => {
  const { bring, reports } = setUp({ a: wrong, b: wrong, c: wrong, d: wrong, good: content });
  const { files } = await bring(pkgOf('a', 'b', 'c', 'd', 'good')).brought;
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
  expect(reports.map(({ origin }) => origin)).toEqual(['a', 'b', 'c', 'd'].map((name) => `https://${name}.test`));
});

test('when nobody is left, only those are named who gave bytes', async () => {
  const gone: Served = () => new Response('', { status: 404 });
  const { bring, backend } = setUp({ gone, bad: wrong });
  const failed = bring(pkgOf('gone', 'bad')).brought;
  await expect(failed).rejects.toMatchObject({
    code: 'storage.corrupt-chunk',
    message: expect.stringMatching(/came from https:\/\/bad\.test with other bytes/),
  });
  await expect(failed).rejects.toMatchObject({ message: expect.not.stringContaining('gone.test') });
  expect(await chunkCount(backend)).toBe(0);
});

test('of two that gave parts of it neither is accused before it is proven', async () => {
  // The good one breaks off once, so that a part comes from the other.
  let isBroken = false;
  const breaking: Served = (request) => {
    if (isBroken || request.range?.start === 0) return bytesResponse(content, request);
    isBroken = request.count > 4;
    return new Response(brokenBody(content, { afterBytes: 9, signal: request.signal }), { status: 206 });
  };
  const { bring, reports } = setUp({ good: breaking, bad: wrongLater });
  const { files } = await bring(pkgOf('good', 'bad')).brought;
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
  expect(reports.map(({ origin }) => origin)).toEqual(['https://bad.test']);
});

test('who gave a part before a reload is still known after it', async () => {
  const backend = memoryBackend();
  const ending: Served = async (request) => {
    if (request.range?.start === 0) return bytesResponse(wrong, request);
    while ((await chunkCount(backend)) < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    return new Response('', { status: 404 });
  };
  await setUp({ bad: ending }, backend)
    .bring(pkgOf('bad'))
    .brought.catch(() => undefined);
  expect(await chunkCount(backend)).toBe(1);
  const { bring, reports, requestsOf } = setUp({ bad: wrong, good: content }, backend);
  const { files } = await bring(pkgOf('bad', 'good')).brought;
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(sha256Hex(content));
  expect(requestsOf('bad')).toBe(1);
  expect(reports).toHaveLength(1);
});

function wrongLater(request: Parameters<Exclude<Served, Uint8Array>>[0]) {
  return bytesResponse(Uint8Array.from(content).fill(0, quarantinePieceBytes + 1, quarantinePieceBytes + 9), request);
}
