import type { ModelManifest, PackageFile } from '@orilla/contract';
import type { Draft } from '../backend/weight-backend.ts';

/** A range of a file that is fetched, hashed and stored as one. */
export interface Piece {
  readonly file: PackageFile;
  /** Which of the file's pieces this is, from 0. */
  readonly index: number;
  readonly offset: number;
  readonly length: number;
  /** What it must hash to, or hashed to when it came into quarantine; `null` where that is not known yet. */
  readonly sha256: string | null;
}

/** Pieces of a file whose manifest names no chunks. */
export const quarantinePieceBytes = 8 * 1024 ** 2;

/** All pieces of a package, in the order of its files. */
export function piecesOf(manifest: ModelManifest, quarantine: Draft['quarantine'] = {}): readonly Piece[] {
  return manifest.files.flatMap((file) => filePieces(file, quarantine[file.path]?.pieces));
}

function filePieces(file: PackageFile, quarantined: readonly (string | null)[] | undefined): readonly Piece[] {
  if (file.chunks) return file.chunks.map((chunk, index) => ({ file, index, ...chunk }));
  return Array.from({ length: Math.ceil(file.bytes / quarantinePieceBytes) }, (_, index) => {
    const offset = index * quarantinePieceBytes;
    const length = Math.min(quarantinePieceBytes, file.bytes - offset);
    return { file, index, offset, length, sha256: quarantined?.[index] ?? null };
  });
}

/** Pieces that are not in the store, each content once. */
export function missingPieces(pieces: readonly Piece[], stored: ReadonlySet<string>): readonly Piece[] {
  const seen = new Set(stored);
  return pieces.filter(({ sha256 }) => {
    if (sha256 === null) return true;
    if (seen.has(sha256)) return false;
    seen.add(sha256);
    return true;
  });
}

/** What an engine can be prepared with is in files that are smaller than this: graphs, tokenizers, settings, libraries. */
const smallFileBytes = 16 * 1024 ** 2;

/** Pieces of small files, and then the others, each in their order. */
export function smallFilesFirst(pieces: readonly Piece[]): readonly Piece[] {
  const isSmall = ({ file }: Piece) => file.bytes < smallFileBytes;
  return [...pieces.filter(isSmall), ...pieces.filter((piece) => !isSmall(piece))];
}

export function totalLength(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
