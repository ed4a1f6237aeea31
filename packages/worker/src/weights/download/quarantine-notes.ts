import type { Draft, QuarantinedFile } from '../backend/weight-backend.ts';
import { type Piece, piecesOf } from '../pieces/pieces.ts';
import type { HashedPieces } from '../pieces/whole-hash.ts';

/** What came of a piece: its hash, and who gave it, where that is known. */
export interface NotedPiece {
  readonly sha256: string;
  readonly url?: string;
}

/** Notes a piece that came. Where the whole file's hash has another one in it already, that begins anew. */
export function withPiece(draft: Draft, { file, index }: Piece, { sha256, url }: NotedPiece): Draft {
  const noted = draft.quarantine?.[file.path];
  const pieces = piecesOf({ ...draft.manifest, files: [file] }, draft.quarantine).map((piece) => piece.sha256);
  const urls = pieces.map((_, at) => noted?.urls?.[at] ?? null).with(index, url ?? null);
  const isChanged = pieces[index] !== sha256;
  const hashed = noted?.hashed && !(isChanged && index < noted.hashed.pieces) ? { hashed: noted.hashed } : {};
  return withFile(draft, file.path, { pieces: pieces.with(index, sha256), urls, ...hashed });
}

/** Notes how far the hash of a whole file is, unless other pieces have come meanwhile in the place of those that are in it. */
export function withHashed(draft: Draft, path: string, { fed, state }: HashedPieces): Draft {
  const noted = draft.quarantine?.[path];
  if (!noted || !beginsWith(noted.pieces, fed)) return draft;
  return withFile(draft, path, { ...noted, hashed: { pieces: fed.length, state } });
}

export function beginsWith(pieces: readonly (string | null)[], fed: readonly string[]): boolean {
  return fed.every((sha256, index) => pieces[index] === sha256);
}

function withFile(draft: Draft, path: string, file: QuarantinedFile): Draft {
  return { ...draft, quarantine: { ...draft.quarantine, [path]: file } };
}
