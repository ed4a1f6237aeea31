import type { WeightBackend } from '../backend/weight-backend.ts';
import type { Piece } from './pieces.ts';
import { sha256 } from './sha256.ts';

/**
 * A stored piece, read whole. `null` where it isn't there, or isn't what it was when it was stored: then it is removed, so that it is
 * fetched again.
 */
export async function readPiece(
  { sha256: expected }: Pick<Piece, 'sha256'>,
  { chunks }: Pick<WeightBackend, 'chunks'>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const blob = expected === null ? undefined : await chunks.get(expected);
  if (expected === null || !blob) return null;
  // A Blob whose file is damaged or gone rejects.
  const buffer = await blob.arrayBuffer().catch(() => null);
  const bytes = buffer && new Uint8Array(buffer);
  if (bytes && (await sha256(bytes)) === expected) return bytes;
  await chunks.delete([expected]);
  return null;
}
