import { type LoadProgress, OrillaError, type VerifyResult } from '@orilla/contract';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { missingPieces, piecesOf, totalLength } from '../pieces/pieces.ts';
import { readPiece } from '../pieces/read-piece.ts';
import { ProgressMeter } from '../progress-meter.ts';

export interface VerifyOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
  readonly now: () => number;
}

/**
 * Reads every stored chunk of a package again, one at a time, and removes those that aren't what they were. The package's record stays: with
 * a chunk missing it counts as incomplete, is not opened, and the next download fetches that chunk alone.
 * @throws OrillaError `catalog.unknown-model` where there is no such package; AbortError
 */
export async function verifyPackage(
  id: string,
  backend: WeightBackend,
  { signal, onProgress, now }: VerifyOptions,
): Promise<VerifyResult> {
  const draft = await backend.drafts.get(id);
  const record = (await backend.packages.get(id)) ?? draft;
  if (!record) throw notStored(id);
  const stored = new Set(await backend.chunks.keys());
  // Each content once.
  const pieces = missingPieces(piecesOf(record.manifest, draft?.quarantine), new Set()).filter(
    ({ sha256 }) => sha256 !== null && stored.has(sha256),
  );
  const meter = new ProgressMeter({ now, report: onProgress });
  meter.enter('verify', { storedBytes: 0, totalBytes: totalLength(pieces) });
  let damagedChunks = 0;
  for (const piece of pieces) {
    signal.throwIfAborted();
    if (!(await readPiece(piece, backend))) damagedChunks += 1;
    meter.stored(piece.length);
  }
  return { checkedBytes: totalLength(pieces), damagedChunks };
}

export function notStored(id: string): OrillaError {
  return new OrillaError('catalog.unknown-model', `The model package ${id} isn't stored here.`, {
    advice: 'Download it first.',
  });
}
