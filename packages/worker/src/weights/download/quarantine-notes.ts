import type { Draft, QuarantinedFile } from '../backend/weight-backend.ts';
import { type Piece, piecesOf } from './pieces.ts';

/** Notes the hash of a piece that came. Where the whole file's hash has another one in it already, that begins anew. */
export function withPiece(draft: Draft, { file, index }: Piece, sha256: string): Draft {
  const noted = draft.quarantine?.[file.path];
  const pieces = piecesOf({ ...draft.manifest, files: [file] }, draft.quarantine).map((piece) => piece.sha256);
  const isChanged = pieces[index] !== sha256;
  const hashed = noted?.hashed && !(isChanged && index < noted.hashed.pieces) ? { hashed: noted.hashed } : {};
  return withFile(draft, file.path, { pieces: pieces.with(index, sha256), ...hashed });
}

/** Notes how far the hash of a whole file is. */
export function withHashed(draft: Draft, path: string, hashed: NonNullable<QuarantinedFile['hashed']>): Draft {
  const noted = draft.quarantine?.[path];
  return noted ? withFile(draft, path, { ...noted, hashed }) : draft;
}

function withFile(draft: Draft, path: string, file: QuarantinedFile): Draft {
  return { ...draft, quarantine: { ...draft.quarantine, [path]: file } };
}
