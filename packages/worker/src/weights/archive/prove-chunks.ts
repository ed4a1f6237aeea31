import type { ModelManifest, OrillaError, PackageFile } from '@orilla/contract';
import { type Piece, piecesOf } from '../pieces/pieces.ts';
import { sha256 } from '../pieces/sha256.ts';
import { WholeHash } from '../pieces/whole-hash.ts';
import { badArchive } from './bad-archive.ts';
import type { ArchivedPackage } from './read-archive.ts';
import { bytesOf } from './read-tar.ts';

/**
 * Reads all of an archived package, and gives its manifest with the chunks of every file in it. Of a file that names none the whole hash is
 * checked, and its chunks are made by the way.
 * @throws OrillaError `storage.bad-archive`; AbortError
 */
export async function proveChunks(
  { manifest, contentOf }: ArchivedPackage,
  { signal }: { readonly signal: AbortSignal },
): Promise<ModelManifest> {
  const files: PackageFile[] = [];
  for (const file of manifest.files) {
    const options = { manifest, signal };
    files.push(await (file.chunks ? checked : chunked)(file, contentOf(file), options));
  }
  return { ...manifest, files };
}

/** For bytes that aren't what the manifest names. */
export function wrongChunk({ file, index }: Piece): OrillaError {
  return badArchive(`chunk ${index} of ${file.path} in it has other bytes than the manifest names`);
}

interface ProveOptions {
  readonly manifest: ModelManifest;
  readonly signal: AbortSignal;
}

async function checked(file: PackageFile, content: Blob, { manifest, signal }: ProveOptions): Promise<PackageFile> {
  for (const piece of piecesOf({ ...manifest, files: [file] })) {
    signal.throwIfAborted();
    const bytes = await bytesOf(content, piece.offset, piece.length);
    if ((await sha256(bytes)) !== piece.sha256) throw wrongChunk(piece);
  }
  return file;
}

async function chunked(file: PackageFile, content: Blob, { manifest, signal }: ProveOptions): Promise<PackageFile> {
  const whole = await WholeHash.open();
  const chunks = [];
  for (const { offset, length } of piecesOf({ ...manifest, files: [file] })) {
    signal.throwIfAborted();
    const bytes = await bytesOf(content, offset, length);
    const hash = await sha256(bytes);
    whole.add(bytes, hash);
    chunks.push({ offset, length, sha256: hash });
  }
  if (whole.digest() !== file.sha256)
    throw badArchive(`the file ${file.path} in it has other bytes than the manifest names`);
  return { ...file, chunks };
}
