import type { Draft, WeightBackend } from '../backend/weight-backend.ts';
import { type Piece, piecesOf } from '../pieces/pieces.ts';
import { readPiece } from '../pieces/read-piece.ts';
import { isCutAlike, sameFileIn } from '../pieces/same-files.ts';
import { sha256 } from '../pieces/sha256.ts';
import { withPiece } from './quarantine-notes.ts';

export interface RecutOptions {
  readonly backend: Pick<WeightBackend, 'chunks' | 'drafts'>;
  readonly signal: AbortSignal;
}

/**
 * Cuts what the earlier draft of a draft has stored of the same files into the pieces that the draft wants, so that it need not be fetched
 * again. Each piece is named by the draft before it is stored, so that what was cut stays when the rest fails.
 * @throws OrillaError `storage.quota-exceeded`, `storage.unavailable`; AbortError
 */
export async function recut(draft: Draft, { backend, signal }: RecutOptions): Promise<void> {
  const { manifest, quarantine, earlier } = draft;
  if (!earlier) return;
  const { id } = manifest;
  const keep: Cut['keep'] = async (piece, hash, bytes) => {
    if (!piece.file.chunks) await backend.drafts.update(id, (now) => now && withPiece(now, piece, { sha256: hash }));
    if (bytes) await backend.chunks.put(hash, new Blob([bytes]));
  };
  for (const file of manifest.files) {
    const same = sameFileIn(earlier, file);
    if (!same || isCutAlike(same, file)) continue;
    const have = piecesOf({ ...earlier.manifest, files: [same] }, earlier.quarantine);
    const cut = { have, read: lastOneKept((piece: Piece) => readPiece(piece, backend)), keep };
    for (const piece of piecesOf({ ...manifest, files: [file] }, quarantine)) {
      signal.throwIfAborted();
      const isThere = piece.sha256 !== null && (await backend.chunks.get(piece.sha256)) !== undefined;
      if (!isThere) await recutPiece(piece, cut);
    }
  }
}

interface Cut {
  /** The pieces to cut from. */
  readonly have: readonly Piece[];
  readonly read: (piece: Piece) => ReturnType<typeof readPiece>;
  /** Stores a piece; without bytes, one that is stored already. */
  readonly keep: (piece: Piece, hash: string, bytes?: Uint8Array<ArrayBuffer>) => Promise<void>;
}

async function recutPiece(piece: Piece, { have, read, keep }: Cut): Promise<void> {
  const parts = have.filter(
    (part) => part.offset < piece.offset + piece.length && part.offset + part.length > piece.offset,
  );
  if (parts.some((part) => part.sha256 === null)) return;
  const [only] = parts;
  if (only?.sha256 && parts.length === 1 && only.offset === piece.offset && only.length === piece.length) {
    if (!piece.file.chunks && (await read(only))) await keep(piece, only.sha256);
    return;
  }
  const bytes = new Uint8Array(piece.length);
  for (const part of parts) {
    const whole = await read(part);
    if (!whole) return;
    const skipped = Math.max(piece.offset - part.offset, 0);
    const taken = whole.subarray(skipped, piece.offset + piece.length - part.offset);
    bytes.set(taken, Math.max(part.offset - piece.offset, 0));
  }
  const found = await sha256(bytes);
  // The earlier manifest may have been another one's, or wrong.
  if (!piece.file.chunks || piece.sha256 === found) await keep(piece, found, bytes);
}

/** Neighbours of new pieces are often in the same old one; more than one of those is not kept in memory. */
function lastOneKept<Item, Result>(work: (item: Item) => Promise<Result>): (item: Item) => Promise<Result> {
  let last: { readonly item: Item; readonly result: Promise<Result> } | null = null;
  return (item) => {
    if (last?.item !== item) last = { item, result: work(item) };
    return last.result;
  };
}
