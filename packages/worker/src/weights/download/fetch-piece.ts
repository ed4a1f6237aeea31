import { fetchRange } from '../network/fetch-range.ts';
import type { FetchOptions } from '../network/open-file.ts';
import { withRetry } from '../network/with-retry.ts';
import type { Piece } from '../pieces/pieces.ts';
import { sha256 } from '../pieces/sha256.ts';
import type { LoadSources } from '../source/load-sources.ts';
import { allFailed, noteFailure } from './fetch-piece-failure.ts';
import { Poison } from './poison.ts';
import { SourceWay } from './source-way.ts';

export interface FetchedPiece {
  /** What is stored. */
  readonly blob: Blob;
  /** What it holds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  /** Of the source that gave it. */
  readonly url: string;
}

export interface FetchPieceOptions extends Omit<FetchOptions, 'addresses'> {
  /** Told when a connection broke or a server was overloaded, also where it is tried again. */
  readonly onInterruption?: () => void;
}

/**
 * Fetches one piece from the first source that gives it, and checks its hash. One with another hash is fetched from the next source, or
 * where there is none, once more from the same.
 * @throws RangeIgnored where its source would send the whole file: then `fetchPieces` gets it. OrillaError `storage.corrupt-chunk`,
 * `storage.download-failed`, both with what every source said; AbortError
 */
export async function fetchPiece(
  piece: Piece,
  sources: LoadSources,
  options: FetchPieceOptions,
): Promise<FetchedPiece> {
  const { file, offset, length } = piece;
  const fetchOptions = { ...options, addresses: sources.addresses };
  const asked = new Set<string>();
  const ways = new Map<string, SourceWay>();
  let isRepeated = false;
  for (;;) {
    const url = sources.urlsOf(file.path).find((candidate) => !asked.has(candidate));
    if (url === undefined) throw allFailed(piece, sources);
    asked.add(url);
    const way = ways.get(url) ?? new SourceWay(url, sources.addresses);
    ways.set(url, way);
    let isUnjudged = false;
    const attempt = async () => {
      try {
        const range = { ...way.next(), offset, length, fileBytes: file.bytes, isHashed: file.chunks !== undefined };
        return await verifyPiece(await fetchRange(range, fetchOptions), piece, url);
      } catch (error) {
        isUnjudged = way.failed(error);
        throw error;
      }
    };
    try {
      return await withRetry(attempt, options);
    } catch (error) {
      if (noteFailure(error, { url, piece, sources, isRepeated, isUnjudged }) === 'next') continue;
      if (!isUnjudged) isRepeated = true;
      asked.delete(url);
    }
  }
}

/** @throws Poison */
export async function verifyPiece(
  content: Uint8Array<ArrayBuffer> | Blob,
  { file, index, sha256: wanted }: Piece,
  url: string,
): Promise<FetchedPiece> {
  const blob = content instanceof Blob ? content : new Blob([content]);
  const bytes = content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
  const found = await sha256(bytes);
  if (wanted === null || found === wanted) return { blob, bytes, sha256: found, url };
  throw new Poison(
    `${new URL(url).origin} sent chunk ${index} of ${file.path} with other bytes than the manifest names`,
  );
}
