import { isOrillaError, type PackageFile } from '@orilla/contract';
import type { Draft, PackageRecord, QuarantinedFile, WeightBackend } from '../backend/weight-backend.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { readPiece } from './read-piece.ts';
import { sha256 } from './sha256.ts';

export interface RecutOptions {
  readonly backend: Pick<WeightBackend, 'chunks'>;
  readonly signal: AbortSignal;
}

/**
 * Cuts what an earlier draft has stored of the same files into the pieces that another manifest wants, so that it need not be fetched
 * again; and gives the draft of that manifest. A file is the same where its whole hash is.
 * @throws OrillaError `storage.unavailable`; AbortError
 */
export async function recut(earlier: Draft, record: PackageRecord, options: RecutOptions): Promise<Draft> {
  const quarantine: Record<string, QuarantinedFile> = {};
  try {
    for (const file of record.manifest.files) {
      const same = earlier.manifest.files.find(({ sha256, bytes }) => sha256 === file.sha256 && bytes === file.bytes);
      if (!same) continue;
      if (isCutAlike(same, file)) {
        const noted = earlier.quarantine?.[file.path];
        if (noted) quarantine[file.path] = noted;
        continue;
      }
      const hashes = await recutFile(filePieces(earlier, same), filePieces(record, file), options);
      if (!file.chunks) quarantine[file.path] = { pieces: hashes };
    }
  } catch (error) {
    // It would have saved a download; where there is no room to have both for a moment, the rest is downloaded.
    if (!isOrillaError(error) || error.code !== 'storage.quota-exceeded') throw error;
  }
  return { ...record, quarantine };
}

function isCutAlike(one: PackageFile, other: PackageFile): boolean {
  return one.path === other.path && JSON.stringify(one.chunks) === JSON.stringify(other.chunks);
}

/** Gives the hash of every wanted piece that is stored now, by its index. */
async function recutFile(
  have: readonly Piece[],
  wanted: readonly Piece[],
  { backend, signal }: RecutOptions,
): Promise<readonly (string | null)[]> {
  const read = lastOneKept((piece: Piece) => readPiece(piece, backend));
  const hashes: (string | null)[] = [];
  for (const piece of wanted) {
    signal.throwIfAborted();
    hashes.push(await recutPiece(piece, have, { backend, read }));
  }
  return hashes;
}

async function recutPiece(
  piece: Piece,
  have: readonly Piece[],
  {
    backend,
    read,
  }: { readonly backend: RecutOptions['backend']; readonly read: (piece: Piece) => ReturnType<typeof readPiece> },
): Promise<string | null> {
  if (piece.sha256 !== null && (await backend.chunks.get(piece.sha256))) return piece.sha256;
  const parts = have.filter(
    (part) => part.offset < piece.offset + piece.length && part.offset + part.length > piece.offset,
  );
  if (parts.some((part) => part.sha256 === null)) return null;
  const [only] = parts;
  if (parts.length === 1 && only?.offset === piece.offset && only.length === piece.length) return only.sha256;
  const bytes = new Uint8Array(piece.length);
  for (const part of parts) {
    const whole = await read(part);
    if (!whole) return null;
    const skipped = Math.max(piece.offset - part.offset, 0);
    const taken = whole.subarray(skipped, piece.offset + piece.length - part.offset);
    bytes.set(taken, Math.max(part.offset - piece.offset, 0));
  }
  const found = await sha256(bytes);
  // The earlier manifest may have been another one's, or wrong.
  if (piece.sha256 !== null && piece.sha256 !== found) return null;
  await backend.chunks.put(found, new Blob([bytes]));
  return found;
}

function filePieces(draft: Pick<Draft, 'manifest' | 'quarantine'>, file: PackageFile): readonly Piece[] {
  return piecesOf({ ...draft.manifest, files: [file] }, draft.quarantine);
}

/** Neighbours of new pieces are often in the same old one; more than one of those is not kept in memory. */
function lastOneKept<Item, Result>(work: (item: Item) => Promise<Result>): (item: Item) => Promise<Result> {
  let last: { readonly item: Item; readonly result: Promise<Result> } | null = null;
  return (item) => {
    if (last?.item !== item) last = { item, result: work(item) };
    return last.result;
  };
}
