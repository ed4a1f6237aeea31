import type { WeightBackend } from '../backend/weight-backend.ts';
import { type Locks, withLock } from '../locks/with-lock.ts';
import type { Network } from '../network/network.ts';
import { RangeIgnored } from '../network/range-ignored.ts';
import type { Piece } from '../pieces/pieces.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import type { LoadSources } from '../source/load-sources.ts';
import { type FetchedPiece, type FetchPieceOptions, fetchPiece } from './fetch-piece.ts';
import { allFailed } from './fetch-piece-failure.ts';
import { fetchPieces } from './fetch-pieces.ts';
import { runParallel } from './run-parallel.ts';
import { Silence } from './silence.ts';
import type { Transfer, TransferShare } from './transfer-share.ts';

/** Pieces for which one download asks at the same time; how many of them run is for the slots to say. */
const parallelPieces = 6;
/** A source that ignores Range may fail so often in a row before it has given a single piece. */
const maxFruitlessStreams = 2;

export interface FetchMissingOptions {
  readonly backend: Pick<WeightBackend, 'chunks'>;
  readonly network: Network;
  readonly sources: LoadSources;
  readonly share: TransferShare;
  readonly locks: Locks | null;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
  /** Whether it waits where nothing answers. Default: true. */
  readonly isPatient?: boolean;
  /** Stores a piece whose hash holds. */
  readonly store: (piece: Piece, fetched: FetchedPiece, options: { readonly signal: AbortSignal }) => Promise<void>;
  /** Told the hash of each piece once it is stored, whoever has fetched it. */
  readonly onStored?: ((sha256: string) => void) | undefined;
}

/**
 * Fetches and stores pieces. One that another download is just fetching, in whichever tab, is waited for and not fetched.
 * @throws OrillaError of the family Storage; AbortError
 */
export async function fetchMissing(pieces: readonly Piece[], given: FetchMissingOptions): Promise<void> {
  const left = new Set(pieces);
  const silence = new Silence(given);
  const options = { ...given, silence };
  for (;;) {
    try {
      return await fetchAll(left, options);
    } catch (error) {
      if (given.isPatient === false) throw error;
      await silence.wait(error);
    }
  }
}

interface FetchOptions extends FetchMissingOptions {
  readonly silence: Silence;
}

async function fetchAll(left: Set<Piece>, options: FetchOptions): Promise<void> {
  for (let fruitless = 0; ; ) {
    const url = await fetchByRange(left, options);
    if (url === null) return;
    options.signal.throwIfAborted();
    const before = left.size;
    await fetchByStream(url, left, options);
    fruitless = left.size < before ? 0 : fruitless + 1;
    const [next] = left;
    if (next && fruitless === maxFruitlessStreams) throw allFailed(next, options.sources);
  }
}

/** Takes out of `left` what is stored. Gives the address of a file whose server ignores Range, where it comes upon one. */
async function fetchByRange(left: Set<Piece>, options: FetchOptions): Promise<string | null> {
  const { backend, locks, sources } = options;
  const fetchOne = async (piece: Piece, { signal }: { readonly signal: AbortSignal }) => {
    const bring = async () => {
      const isThere = piece.sha256 !== null && (await backend.chunks.get(piece.sha256)) !== undefined;
      if (isThere) count(piece, piece.sha256, options);
      else
        await transfer(
          async (fetching) => {
            const fetched = await fetchPiece(piece, sources, fetching);
            // What is fetched and verified is stored, whatever happened to the others: it need not be fetched again.
            await keep(piece, fetched, { ...options, signal });
          },
          { ...options, signal },
        );
      left.delete(piece);
    };
    if (piece.sha256 === null) await bring();
    else await withLock(`orilla-chunk-${piece.sha256}`, { locks, signal }, bring);
  };
  try {
    await runParallel([...left], fetchOne, { parallel: parallelPieces, signal: options.signal });
    return null;
  } catch (error) {
    if (error instanceof RangeIgnored) return error.url;
    throw error;
  }
}

async function fetchByStream(url: string, left: Set<Piece>, options: FetchOptions): Promise<void> {
  const { sources } = options;
  const ofFile = [...left].filter(({ file }) => sources.urlsOf(file.path).includes(url));
  await transfer(async (fetching) => {
    for await (const { piece, ...fetched } of fetchPieces(url, ofFile, sources, fetching)) {
      await keep(piece, fetched, options);
      left.delete(piece);
    }
  }, options);
}

async function keep(piece: Piece, fetched: FetchedPiece, options: FetchMissingOptions): Promise<void> {
  await options.store(piece, fetched, { signal: options.signal });
  count(piece, fetched.sha256, options);
}

function count({ length }: Piece, sha256: string, { meter, onStored }: FetchMissingOptions): void {
  meter.stored(length);
  onStored?.(sha256);
}

/**
 * Has a slot until what came is stored as well, so that no more is in memory, or lost with this tab, than there are slots; but not while it
 * sleeps until a server may be asked again.
 */
function transfer<T>(
  work: (fetching: FetchPieceOptions) => Promise<T>,
  { network, share, meter, signal, silence }: FetchOptions,
): Promise<T> {
  let arrived = 0;
  const onBytes = (bytes: number) => {
    arrived += bytes;
    silence.end();
    meter.fetched(bytes);
  };
  const run = ({ rest, interrupted }: Transfer) => {
    const sleep: Network['sleep'] = (ms, sleeping) => rest(() => network.sleep(ms, sleeping));
    return work({ network: { ...network, sleep }, signal, onBytes, onInterruption: interrupted });
  };
  return share.transfer(run, { signal, bytes: () => arrived });
}
