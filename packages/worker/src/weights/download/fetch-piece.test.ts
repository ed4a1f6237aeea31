import { expect, test } from 'vitest';
import { brokenBody, bytesResponse, type Served, type WebDouble, webDouble } from '../network/web.double.ts';
import { samplePackage } from '../sample-package.double.ts';
import { openSource } from '../source/source.ts';
import { fetchPiece } from './fetch-piece.ts';
import { piecesOf } from './pieces.ts';

const one = samplePackage({ mirror: 'https://one.test' });
const two = samplePackage({ mirror: 'https://two.test' });
const third = piecesOf(one.manifest)[3];
if (!third) throw new Error('The sample has ten pieces.');
const piece = third;
const wanted = one.content.slice(300, 400);

const sources = [...one.pkg.sources, ...two.pkg.sources].map((source) =>
  openSource(source, { baseUrl: 'https://app.test', hubUrl: 'https://hub.test' }),
);

/** A file with one wrong byte in every range, for the first `times` of asking. */
const corrupt =
  (times: number): Served =>
  (request) => {
    const bytes = Uint8Array.from(one.content);
    if (request.count <= times && request.range) bytes[request.range.start] = ~(bytes[request.range.start] ?? 0);
    return bytesResponse(bytes, request);
  };

function fetchFrom(network: WebDouble, from = sources) {
  return fetchPiece(piece, from, { network, signal: new AbortController().signal, onBytes: () => undefined });
}
const hosts = (network: WebDouble) => network.requests.map(({ url }) => new URL(url).host);

test('gives the bytes and their hash', async () => {
  const network = webDouble(one.served);
  expect(await fetchFrom(network)).toEqual({ bytes: wanted, sha256: piece.sha256 });
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

test('two sources that are both corrupt: the last one is named', async () => {
  const network = webDouble({ [one.fileUrl]: corrupt(9), [two.fileUrl]: corrupt(9) });
  await expect(fetchFrom(network)).rejects.toThrow(/https:\/\/two\.test sent chunk 3/);
});

test('corrupt at one source and missing at the other: the damage is what is told', async () => {
  const network = webDouble({ [one.fileUrl]: corrupt(9) });
  await expect(fetchFrom(network)).rejects.toMatchObject({ code: 'storage.corrupt-chunk' });
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

test('with every source out of reach, the error names the last and says how often it was tried', async () => {
  const network = webDouble(null);
  await expect(fetchFrom(network)).rejects.toMatchObject({
    code: 'storage.download-failed',
    message: expect.stringMatching(/https:\/\/two\.test could not be reached.*again and again/),
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
  const unknown = { ...piece, sha256: null };
  const options = { network, signal: new AbortController().signal, onBytes: () => undefined };
  expect(await fetchPiece(unknown, sources, options)).toEqual({ bytes: wanted, sha256: piece.sha256 });
});
