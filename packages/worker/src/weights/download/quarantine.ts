import { type ModelManifest, OrillaError } from '@orilla/contract';
import type { Draft } from '../backend/weight-backend.ts';
import type { Source } from '../source/source.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { sha256OfBlob } from './sha256.ts';

export interface EndQuarantineOptions {
  /** Named where a file is not what it should be. */
  readonly sources: readonly Source[];
  readonly open: (pieces: readonly Piece[]) => Promise<Blob>;
  readonly signal: AbortSignal;
}

/**
 * Checks every file of which only the whole hash is known, and gives the manifest with their chunks in it: the first one by which
 * an engine can open them.
 * @throws OrillaError `storage.corrupt-chunk` where a file's hash is another; AbortError
 */
export async function endQuarantine(
  draft: Draft,
  { sources, open, signal }: EndQuarantineOptions,
): Promise<ModelManifest> {
  const { manifest, quarantine } = draft;
  const files = [];
  for (const file of manifest.files) {
    if (file.chunks) {
      files.push(file);
      continue;
    }
    const pieces = piecesOf({ ...manifest, files: [file] }, quarantine);
    if ((await sha256OfBlob(await open(pieces), { signal })) !== file.sha256) throw corruptFile(file.path, sources);
    const chunks = pieces.map(({ offset, length, sha256 }) => ({ offset, length, sha256: sha256 ?? '' }));
    files.push({ ...file, chunks });
  }
  return { ...manifest, files };
}

function corruptFile(path: string, sources: readonly Source[]): OrillaError {
  const origins = new Set(sources.flatMap((source) => source.fileUrl(path) ?? []).map((url) => new URL(url).origin));
  return new OrillaError(
    'storage.corrupt-chunk',
    `The model can't be used: ${path} came from ${[...origins].join(' and ')} with other bytes than its metadata names. All of it was deleted.`,
    { advice: 'Try again; if it stays so, the file was replaced or damaged at the source.' },
  );
}
