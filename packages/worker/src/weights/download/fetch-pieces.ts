import { streamFile } from '../network/stream-file.ts';
import { waitToRetry } from '../network/with-retry.ts';
import type { Piece } from '../pieces/pieces.ts';
import type { LoadSources } from '../source/load-sources.ts';
import { type FetchedPiece, type FetchPieceOptions, verifyPiece } from './fetch-piece.ts';
import { noteFailure } from './fetch-piece-failure.ts';
import { SourceWay } from './source-way.ts';

export interface StreamedPiece extends FetchedPiece {
  readonly piece: Piece;
}

/**
 * Fetches pieces of one file, in its order, from the source at `url` that ignores Range: in one request, and with the hash of each
 * checked. Where that source fails it ends early and notes so in `sources`; what was not given is then asked for with `fetchPiece`,
 * which goes to the next source, or tells what all of them said.
 * @throws AbortError
 */
export async function* fetchPieces(
  url: string,
  pieces: readonly Piece[],
  sources: LoadSources,
  options: FetchPieceOptions,
): AsyncGenerator<StreamedPiece, void, undefined> {
  const fetchOptions = { ...options, addresses: sources.addresses };
  const way = new SourceWay(url, sources.addresses);
  let left = pieces;
  let attempt = 1;
  let isRepeated = false;
  for (;;) {
    const [piece] = left;
    if (!piece) return;
    try {
      const { bytes: fileBytes, chunks } = piece.file;
      const file = { ...way.next(), fileBytes, isHashed: chunks !== undefined, from: piece.offset };
      const stream = streamFile(file, fetchOptions);
      for await (const cut of cutPieces(stream, left)) {
        const fetched = await verifyPiece(cut.bytes, cut.piece, url);
        left = left.slice(1);
        attempt = 1;
        isRepeated = false;
        yield { piece: cut.piece, ...fetched };
      }
    } catch (error) {
      const isUnjudged = way.failed(error);
      const next = await waitToRetry(error, attempt, options).then(
        () => 'retry' as const,
        (final: unknown) => noteFailure(final, { url, piece: left[0] ?? piece, sources, isRepeated, isUnjudged }),
      );
      if (next === 'next') return;
      if (next === 'retry') attempt += 1;
      else if (!isUnjudged) isRepeated = true;
    }
  }
}

/** The bytes of each piece, out of a stream that begins with the first of them; what is between them is passed over. */
async function* cutPieces(
  stream: AsyncGenerator<Uint8Array, void, undefined>,
  pieces: readonly Piece[],
): AsyncGenerator<{ readonly piece: Piece; readonly bytes: Uint8Array<ArrayBuffer> }, void, undefined> {
  const rest = pieces.values();
  let piece = rest.next().value;
  let at = piece?.offset ?? 0;
  let bytes = new Uint8Array(piece?.length ?? 0);
  for await (const arrived of stream) {
    let part = arrived;
    while (piece) {
      const skipped = Math.min(Math.max(piece.offset - at, 0), part.length);
      part = part.subarray(skipped);
      at += skipped;
      const taken = part.subarray(0, piece.offset + piece.length - at);
      if (taken.length === 0) break;
      bytes.set(taken, at - piece.offset);
      part = part.subarray(taken.length);
      at += taken.length;
      if (at < piece.offset + piece.length) break;
      yield { piece, bytes };
      piece = rest.next().value;
      bytes = new Uint8Array(piece?.length ?? 0);
    }
    if (!piece) return;
  }
}
