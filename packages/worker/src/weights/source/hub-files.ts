import { OrillaError, type PackageFile } from '@orilla/contract';
import { fetchDocument } from '../network/fetch-document.ts';
import { sha256 } from '../pieces/sha256.ts';
import { gitBlobId } from './git-blob.ts';
import type { HubFile } from './hub-tree.ts';
import type { ReadOptions } from './source.ts';

/** What a hub keeps in Git itself is settings and vocabularies; larger files it keeps in LFS. */
const maxSmallBytes = 16 * 1024 ** 2;
const maxSmallFiles = 256;

export interface HubFilesOptions extends ReadOptions {
  readonly origin: string;
  /** Where a file of the repository is. */
  readonly urlOf: (path: string) => string;
  /** What its path in the package is. */
  readonly packagePath: (path: string) => string;
}

/**
 * The files of a package, with their hashes. One that is kept in Git itself has no SHA-256 in the hub's metadata: it is read here, and held to
 * Git's hash.
 * @throws OrillaError `catalog.unreachable`, `catalog.bad-manifest`; AbortError
 */
export async function packageFiles(
  files: readonly HubFile[],
  options: HubFilesOptions,
): Promise<readonly PackageFile[]> {
  const small = files.filter((file) => file.sha256 === null);
  if (small.length > maxSmallFiles)
    throw badMetadata(options.origin, `lists ${small.length} small files, more than ${maxSmallFiles}`);
  const found: PackageFile[] = [];
  for (const file of files) {
    const hash = file.sha256 ?? (await hashSmallFile(file, options));
    found.push({ path: options.packagePath(file.path), bytes: file.bytes, sha256: hash });
  }
  return found;
}

async function hashSmallFile({ path, bytes, blobId }: HubFile, options: HubFilesOptions): Promise<string> {
  const { origin, urlOf } = options;
  if (blobId === null) throw badMetadata(origin, `tells no SHA-256 of ${path}, and no other hash`);
  if (bytes > maxSmallBytes)
    throw badMetadata(origin, `tells no SHA-256 of ${path}, which is too large (${bytes} bytes) to be read for it`);
  const document = await fetchDocument(urlOf(path), { ...options, maxBytes: maxSmallBytes });
  if (document.bytes.length !== bytes || (await gitBlobId(document.bytes)) !== blobId)
    throw badMetadata(origin, `sent ${path} with other bytes than its metadata names`);
  return sha256(document.bytes);
}

/** For what a hub says or sends that can't be used; `why` goes on from its origin. */
export function badMetadata(origin: string, why: string): OrillaError {
  return new OrillaError('catalog.bad-manifest', `The model can't be had from a hub: ${origin} ${why}.`, {
    advice: 'Check repository, revision, path and files in the catalog.',
  });
}
