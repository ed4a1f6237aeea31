import type { ModelManifest, WeightFiles } from '@orilla/contract';
import type { PackageRecord, WeightBackend } from '../backend/weight-backend.ts';
import { missingPieces, type Piece, piecesOf } from '../pieces/pieces.ts';

/** A package as it stands in the store. */
export interface ShelvedPackage {
  readonly manifest: ModelManifest;
  readonly files: WeightFiles;
}

type Chunks = Pick<WeightBackend, 'chunks'>;

/** The files of a package, without a copy; `null` where a chunk is missing. */
export async function openPackage({ manifest }: PackageRecord, { chunks }: Chunks): Promise<ShelvedPackage | null> {
  if (missingPieces(piecesOf(manifest), new Set(await chunks.keys())).length > 0) return null;
  const files = new Map<string, Blob>();
  for (const file of manifest.files) {
    const blob = await openPieces(piecesOf({ ...manifest, files: [file] }), { chunks });
    if (!blob) return null;
    files.set(file.path, blob);
  }
  return { manifest, files };
}

/**
 * Pieces as one, without a copy; `null` where one is missing. One that is not as long as it was is removed, so that it is fetched again.
 */
export async function openPieces(pieces: readonly Piece[], { chunks }: Chunks): Promise<Blob | null> {
  const found = await chunks.getMany(pieces.map(({ sha256 }) => sha256 ?? ''));
  const whole = found.filter((blob, index) => blob !== undefined && blob.size === pieces[index]?.length);
  if (whole.length === pieces.length) return new Blob(whole.map((blob) => blob ?? ''));
  await chunks.delete(
    pieces.flatMap(({ sha256, length }, index) => (found[index]?.size === length ? [] : (sha256 ?? []))),
  );
  return null;
}
