import { isOrillaError, OrillaError } from '@orilla/contract';
import { downloadFailed, type FetchRangeOptions, fetchRange } from '../network/fetch-range.ts';
import { Interruption, withRetry } from '../network/with-retry.ts';
import type { Source } from '../source/source.ts';
import type { Piece } from './pieces.ts';
import { sha256 } from './sha256.ts';

export interface FetchedPiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
}

/**
 * Fetches one piece from the first source that gives it, and checks its hash. A piece with another hash is fetched once more, from
 * the next source where there is one.
 * @throws OrillaError `storage.corrupt-chunk` when it is wrong again, `storage.download-failed`; AbortError
 */
export async function fetchPiece(
  piece: Piece,
  sources: readonly Source[],
  options: FetchRangeOptions,
): Promise<FetchedPiece> {
  const urls = sources.flatMap((source) => source.fileUrl(piece.file.path) ?? []);
  let corrupt: OrillaError | null = null;
  let failure: OrillaError | null = null;
  for (let at = 0; at < urls.length; ) {
    const url = urls[at];
    if (url === undefined) break;
    try {
      return await fetchFrom(url, piece, options);
    } catch (error) {
      if (options.signal.aborted || !isOrillaError(error)) throw error;
      const isSecondTime = corrupt !== null && error.code === 'storage.corrupt-chunk';
      if (isSecondTime) throw error;
      if (error.code === 'storage.corrupt-chunk') corrupt = error;
      else failure = error;
      const isToRepeat = error === corrupt && at === urls.length - 1;
      if (!isToRepeat) at += 1;
    }
  }
  throw corrupt ?? failure ?? noSource(piece);
}

async function fetchFrom(url: string, piece: Piece, options: FetchRangeOptions): Promise<FetchedPiece> {
  const { offset, length, file } = piece;
  const range = { url, offset, length, fileBytes: file.bytes };
  const bytes = await withRetry(() => fetchRange(range, options), options).catch((error: unknown) => {
    throw error instanceof Interruption ? downloadFailed(url, afterOrigin(error, url), error) : error;
  });
  const found = await sha256(bytes);
  if (piece.sha256 !== null && found !== piece.sha256) throw corruptChunk(url, piece);
  return { bytes, sha256: found };
}

/** An interruption's message names the origin first, as the error that is made of it does. */
function afterOrigin(interruption: Interruption, url: string): string {
  return `${interruption.message.replace(new URL(url).origin, '').trim()}, again and again`;
}

function corruptChunk(url: string, { file, index }: Piece): OrillaError {
  const { origin } = new URL(url);
  return new OrillaError(
    'storage.corrupt-chunk',
    `The model can't be used: ${origin} sent chunk ${index} of ${file.path} with other bytes than the manifest names. Nothing of it was stored.`,
    { advice: 'Tell whoever runs that server: a file on it is damaged, or was replaced.' },
  );
}

function noSource({ file }: Piece): OrillaError {
  return new OrillaError('storage.download-failed', `No source of the model package has the file ${file.path}.`, {
    advice: 'Check the sources in the catalog.',
  });
}
