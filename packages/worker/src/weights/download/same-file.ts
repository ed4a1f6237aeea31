import type { PackageFile } from '@orilla/contract';
import type { Draft } from '../backend/weight-backend.ts';

/** A file is the same where its whole hash is. */
export function sameFileIn(
  { manifest }: Pick<Draft, 'manifest'>,
  { sha256, bytes }: PackageFile,
): PackageFile | undefined {
  return manifest.files.find((other) => other.sha256 === sha256 && other.bytes === bytes);
}

export function isCutAlike(one: PackageFile, other: PackageFile): boolean {
  return one.path === other.path && JSON.stringify(one.chunks) === JSON.stringify(other.chunks);
}
