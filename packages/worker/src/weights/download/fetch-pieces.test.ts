import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenBody, bytesResponse, type Served, type WebRequest, webDouble } from '../network/web.double.ts';
import { piecesOf } from '../pieces/pieces.ts';
import { samplePackage } from '../sample-package.double.ts';
import { LoadSources, type PoisonReport } from '../source/load-sources.ts';
import { openSource } from '../source/source.ts';
import { fetchPiece } from './fetch-piece.ts';
import { fetchPieces, type StreamedPiece } from './fetch-pieces.ts';

const one = samplePackage({ mirror: 'https://one.test' });
const two = samplePackage({ mirror: 'https://two.test' });
const pieces = piecesOf(one.manifest);
const signal = new AbortController().signal;
const whole = (bytes = one.content) => bytesResponse(bytes, { range: null });
const damaged = Uint8Array.from(one.content);
damaged[450] = ~(damaged[450] ?? 0);

function openLoad(served: Readonly<Record<string, Served>> | null, { from = [one] } = {}) {
  const network = webDouble(served);
  const poison: PoisonReport[] = [];
  let interruptions = 0;
  const sources = new LoadSources(
    from.flatMap(({ pkg }) => pkg.sources.map((s) => openSource(s, { baseUrl: 'https://app.test', hubUrl: '' }))),
    { now: network.now, onPoison: (report) => poison.push(report) },
  );
  const options = { network, signal, onBytes: () => undefined, onInterruption: () => (interruptions += 1) };
  const stream = (wanted = pieces) => fetchPieces(one.fileUrl, wanted, sources, options);
  return {
    network,
    poison,
    stream,
    interruptions: () => interruptions,
    fetchFirst: () => fetchPiece(firstPiece(), sources, options),
    all: (wanted = pieces) => collect(stream(wanted)),
  };
}

function firstPiece() {
  const [first] = pieces;
  if (!first) throw new Error('The sample has ten pieces.');
  return first;
}

async function collect(stream: AsyncIterable<StreamedPiece>) {
  const fetched: StreamedPiece[] = [];
  for await (const piece of stream) fetched.push(piece);
  return fetched;
}
const indexes = (fetched: readonly StreamedPiece[]) => fetched.map(({ piece }) => piece.index);
const breaking = (request: WebRequest, afterBytes: number) =>
  new Response(brokenBody(one.content, { afterBytes, signal: request.signal }));

test('gives every piece with its bytes and its hash, in one request', async () => {
  const { network, all } = openLoad({ [one.fileUrl]: () => whole() });
  const fetched = await all();
  expect(indexes(fetched)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const { piece, bytes, sha256 } of fetched) {
    expect(bytes).toEqual(one.content.slice(piece.offset, piece.offset + piece.length));
    expect(sha256).toBe(piece.sha256);
  }
  expect(network.requests).toHaveLength(1);
});

/** The file as it arrives when it is cut at these bytes. */
const cutAt = (cuts: readonly number[]) => () =>
  new Response(
    new ReadableStream({
      start(controller) {
        const ends = [...cuts, one.content.length].sort((a, b) => a - b);
        ends.forEach((end, index) => {
          controller.enqueue(one.content.slice(ends[index - 1] ?? 0, end));
        });
        controller.close();
      },
    }),
  );

test('whatever bits the file arrives in, and whichever pieces are wanted, each is what it should be', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(one.content.length)),
      fc.uniqueArray(fc.constantFrom(...pieces)),
      async (cuts, chosen) => {
        const wanted = chosen.toSorted((a, b) => a.offset - b.offset);
        const fetched = await openLoad({ [one.fileUrl]: cutAt(cuts) }).all(wanted);
        expect(fetched).toMatchObject(
          wanted.map((piece) => ({
            piece,
            bytes: one.content.slice(piece.offset, piece.offset + piece.length),
            sha256: piece.sha256,
          })),
        );
      },
    ),
  );
});

test('gives only what is wanted, and ends the transfer after the last of it', async () => {
  const { network, all } = openLoad({ [one.fileUrl]: () => whole() });
  expect(indexes(await all(pieces.filter(({ index }) => index === 2 || index === 5)))).toEqual([2, 5]);
  expect(network.requests.map(({ signal }) => signal.aborted)).toEqual([true]);
  expect(await all([])).toEqual([]);
});

test('whoever stops early ends the transfer', async () => {
  const { network, stream } = openLoad({ [one.fileUrl]: () => whole() });
  for await (const _ of stream()) break;
  expect(network.requests[0]?.signal.aborted).toBe(true);
});

test('goes on after a break, and gives nothing twice', async () => {
  const served: Served = (request) => (request.count < 3 ? breaking(request, 350) : whole());
  const { all, interruptions, network } = openLoad({ [one.fileUrl]: served });
  expect(indexes(await all())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(interruptions()).toBeGreaterThan(0);
  expect(network.sleeps[0]).toBe(250);
});

test('as long as something comes each time, it may break more often than it would be tried for nothing', async () => {
  let requests = 0;
  const served: Served = (request) => {
    requests += 1;
    return requests < 9 ? breaking(request, requests * 100) : whole();
  };
  expect(await openLoad({ [one.fileUrl]: served }).all()).toHaveLength(10);
});

test('where nothing comes again and again it ends, and fetchPiece asks the next source', async () => {
  const served: Served = (request) => (request.range ? whole() : breaking(request, 50));
  const { all, fetchFirst, network } = openLoad({ ...two.served, [one.fileUrl]: served }, { from: [one, two] });
  expect(await all()).toEqual([]);
  expect(network.requests).toHaveLength(5);
  expect((await fetchFirst()).bytes).toEqual(one.content.slice(0, 100));
  expect(network.requests.at(-1)?.url).toBe(two.fileUrl);
});

test('a damaged piece is reported, and the next source asked for it and all after it', async () => {
  const { all, poison, network } = openLoad(
    { ...two.served, [one.fileUrl]: () => whole(damaged) },
    { from: [one, two] },
  );
  expect(indexes(await all())).toEqual([0, 1, 2, 3]);
  expect(poison).toEqual([{ origin: 'https://one.test', path: 'model.gguf', chunk: 4 }]);
  expect(network.requests).toHaveLength(1);
});

test('of the only source, a damaged piece is asked for once more', async () => {
  const { all } = openLoad({
    [one.fileUrl]: (request) => whole(request.count < 2 && !request.range ? damaged : one.content),
  });
  expect(await all()).toHaveLength(10);
});

test('damaged again, that source is given up, and the error names it', async () => {
  const { all, fetchFirst, poison } = openLoad({ [one.fileUrl]: () => whole(damaged) });
  expect(indexes(await all())).toEqual([0, 1, 2, 3]);
  expect(poison).toHaveLength(2);
  await expect(fetchFirst()).rejects.toMatchObject({
    code: 'storage.corrupt-chunk',
    message: expect.stringMatching(/https:\/\/one\.test sent chunk 4 of model\.gguf/),
  });
});

test('a file that is not there any more ends it', async () => {
  const { all, fetchFirst } = openLoad({});
  expect(await all()).toEqual([]);
  await expect(fetchFirst()).rejects.toThrow('https://one.test answered with status 404');
});

test('an abort is thrown as it is', async () => {
  const { network } = openLoad({});
  const aborted = AbortSignal.abort();
  const sources = new LoadSources([], { now: network.now });
  const options = { network, signal: aborted, onBytes: () => undefined };
  await expect(collect(fetchPieces(one.fileUrl, pieces, sources, options))).rejects.toBe(aborted.reason);
});
