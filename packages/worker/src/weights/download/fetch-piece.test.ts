import { expect, test } from 'vitest';
import { brokenBody, bytesResponse, type Served, type WebDouble, webDouble } from '../network/web.double.ts';
import { type Piece, piecesOf } from '../pieces/pieces.ts';
import { samplePackage } from '../sample-package.double.ts';
import { LoadSources, type PoisonReport } from '../source/load-sources.ts';
import { openSource } from '../source/source.ts';
import { fetchPiece } from './fetch-piece.ts';

const one = samplePackage({ mirror: 'https://one.test' });
const two = samplePackage({ mirror: 'https://two.test' });
const third = thirdPiece();
const wanted = one.content.slice(300, 400);

const sources = [...one.pkg.sources, ...two.pkg.sources].map((source) =>
  openSource(source, { baseUrl: 'https://app.test', hubUrl: 'https://hub.test' }),
);

function thirdPiece(): Piece {
  const [, , , third] = piecesOf(one.manifest);
  if (!third) throw new Error('The sample has ten pieces.');
  return third;
}

/** A file with one wrong byte in every range, for the first `times` of asking. */
const corrupt =
  (times: number): Served =>
  (request) => {
    const bytes = Uint8Array.from(one.content);
    if (request.count <= times && request.range) bytes[request.range.start] = ~(bytes[request.range.start] ?? 0);
    return bytesResponse(bytes, request);
  };

const signal = new AbortController().signal;

function openLoad(network: WebDouble, { from = sources, piece = third } = {}) {
  const poison: PoisonReport[] = [];
  const load = new LoadSources(from, { now: network.now, onPoison: (report) => poison.push(report) });
  let interruptions = 0;
  const options = {
    network,
    signal,
    onBytes: () => undefined,
    onInterruption: () => {
      interruptions += 1;
    },
  };
  return { poison, fetch: () => fetchPiece(piece, load, options), interruptions: () => interruptions };
}
const fetchFrom = (network: WebDouble, from = sources) => openLoad(network, { from }).fetch();
const hosts = (network: WebDouble) => network.requests.map(({ url }) => new URL(url).host);

test('gives the bytes and their hash', async () => {
  const network = webDouble(one.served);
  expect(await fetchFrom(network)).toMatchObject({ bytes: wanted, sha256: third.sha256 });
  expect(hosts(network)).toEqual(['one.test']);
});

test('a corrupt piece is fetched again from the next source', async () => {
  const network = webDouble({ [one.fileUrl]: corrupt(9), ...two.served });
  expect((await fetchFrom(network)).bytes).toEqual(wanted);
  expect(hosts(network)).toEqual(['one.test', 'two.test']);
});

test('where there is one source only, a corrupt piece is fetched again from there', async () => {
  const network = webDouble({ [one.fileUrl]: corrupt(1) });
  expect((await fetchFrom(network, sources.slice(0, 1))).bytes).toEqual(wanted);
  expect(hosts(network)).toEqual(['one.test', 'one.test']);
});

test('a piece that is corrupt twice is an error that names the source and the chunk', async () => {
  const network = webDouble({ [one.fileUrl]: corrupt(9) });
  await expect(fetchFrom(network, sources.slice(0, 1))).rejects.toMatchObject({
    code: 'storage.corrupt-chunk',
    message: expect.stringMatching(/https:\/\/one\.test sent chunk 3 of model\.gguf/),
  });
  expect(network.requests).toHaveLength(2);
});

test('two sources that are both corrupt are both named and reported', async () => {
  const network = webDouble({ [one.fileUrl]: corrupt(9), [two.fileUrl]: corrupt(9) });
  const { fetch, poison } = openLoad(network);
  await expect(fetch()).rejects.toThrow(/https:\/\/one\.test sent chunk 3.*https:\/\/two\.test sent chunk 3/);
  expect(new Set(poison.map(({ origin }) => origin))).toEqual(new Set(['https://one.test', 'https://two.test']));
  expect(poison[0]).toEqual({ origin: 'https://one.test', path: 'model.gguf', chunk: 3 });
});

test('corrupt at one source and missing at the other: the damage is what is told', async () => {
  const network = webDouble({ [one.fileUrl]: corrupt(9) });
  const failing = fetchFrom(network);
  await expect(failing).rejects.toMatchObject({ code: 'storage.corrupt-chunk' });
  await expect(failing).rejects.toThrow(
    /https:\/\/two\.test answered with status 404 \(\/sample\/files\/model\.gguf\)/,
  );
});

test('a source that sent damaged bytes, or has not the file, is not asked for it again in this load', async () => {
  for (const bad of [corrupt(9), () => new Response('', { status: 404 })]) {
    const network = webDouble({ ...two.served, [one.fileUrl]: bad });
    const { fetch } = openLoad(network);
    await fetch();
    await fetch();
    expect(hosts(network)).toEqual(['one.test', 'two.test', 'two.test']);
  }
});

test('a source out of reach is left alone for half a minute, then asked again', async () => {
  const network = webDouble(two.served);
  const isUp = { one: false };
  network.serve({
    ...two.served,
    [one.fileUrl]: (request) => {
      if (isUp.one) return bytesResponse(one.content, request);
      throw new TypeError('Failed to fetch');
    },
  });
  const { fetch, interruptions } = openLoad(network);
  await fetch();
  expect(interruptions()).toBe(5);
  await fetch();
  expect(hosts(network)).toEqual([...Array.from({ length: 5 }, () => 'one.test'), 'two.test', 'two.test']);
  isUp.one = true;
  await network.sleep(30_000, { signal });
  await fetch();
  expect(hosts(network).at(-1)).toBe('one.test');
});

test('where all are out of reach, those that were left alone are asked all the same', async () => {
  const network = webDouble(null);
  const { fetch } = openLoad(network);
  await fetch().catch(() => undefined);
  network.serve(one.served);
  expect((await fetch()).bytes).toEqual(wanted);
});

test('a server that ignores Range is not a failure: it is told, and no other is asked', async () => {
  const network = webDouble({ ...two.served, [one.fileUrl]: () => bytesResponse(one.content, { range: null }) });
  const { fetch } = openLoad(network);
  await expect(fetch()).rejects.toMatchObject({ name: 'RangeIgnored', url: one.fileUrl });
  expect(hosts(network)).toEqual(['one.test']);
});

test('a source that lacks the file is passed over, and the next one has it', async () => {
  const network = webDouble(two.served);
  expect((await fetchFrom(network)).bytes).toEqual(wanted);
  expect(hosts(network)).toEqual(['one.test', 'two.test']);
});

test('a connection that breaks is tried again before another source is asked', async () => {
  const flaky: Served = (request) =>
    request.count < 3
      ? new Response(brokenBody(wanted, { afterBytes: 10, signal: request.signal }), { status: 206 })
      : bytesResponse(one.content, request);
  const network = webDouble({ [one.fileUrl]: flaky, ...two.served });
  expect((await fetchFrom(network)).bytes).toEqual(wanted);
  expect(hosts(network)).toEqual(['one.test', 'one.test', 'one.test']);
});

test('with every source out of reach, the error names them all and says how often it was tried', async () => {
  const network = webDouble(null);
  await expect(fetchFrom(network)).rejects.toMatchObject({
    code: 'storage.download-failed',
    message: expect.stringMatching(
      /one\.test could not be reached.*again and again .*two\.test could not be reached.*again and again/,
    ),
  });
  expect(network.requests).toHaveLength(10);
});

test('no source with such a file is an error too', async () => {
  const hub = openSource(
    { kind: 'hub', repository: 'a/b', revision: 'main', path: 'other.gguf' },
    { baseUrl: 'https://app.test', hubUrl: 'https://hub.test' },
  );
  await expect(fetchFrom(webDouble(null), [hub])).rejects.toThrow(
    'No source of the model package has the file model.gguf.',
  );
});

test('a piece whose hash nobody knows is taken as it comes, with its hash', async () => {
  const network = webDouble(one.served);
  const { fetch } = openLoad(network, { piece: { ...third, sha256: null } });
  expect(await fetch()).toMatchObject({ bytes: wanted, sha256: third.sha256 });
});
