import type { ModelManifest, PackageFile } from '@orilla/contract';
import { piecesOf } from '../download/pieces.ts';
import { sha256 } from '../download/sha256.ts';
import { WholeHash } from '../download/whole-hash.ts';
import { badArchive } from './bad-archive.ts';
import type { ArchivedPackage } from './read-archive.ts';
import { bytesOf } from './read-tar.ts';

/**
 * The manifest with the chunks of every file in it. Of a file that names none the whole hash is checked, and its chunks are made by the way.
 * @throws OrillaError `storage.bad-archive`; AbortError
 */
export async function proveChunks(
  { manifest, contentOf }: ArchivedPackage,
  { signal }: { readonly signal: AbortSignal },
): Promise<ModelManifest> {
  const files: PackageFile[] = [];
  for (const file of manifest.files)
    files.push(file.chunks ? file : await chunked(file, contentOf(file), { manifest, signal }));
  return { ...manifest, files };
}

async function chunked(
  file: PackageFile,
  content: Blob,
  { manifest, signal }: { readonly manifest: ModelManifest; readonly signal: AbortSignal },
): Promise<PackageFile> {
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
