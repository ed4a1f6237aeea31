import type { ModelManifest, PackageFile } from '@orilla/contract';
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

/** Whether two manifests name the same files in the same pieces. */
export function areCutAlike(one: ModelManifest, other: ModelManifest): boolean {
  return JSON.stringify(one.files) === JSON.stringify(other.files);
}

/** Whether two manifests name the same files, in whichever pieces. */
export function areSameFiles(one: ModelManifest, other: ModelManifest): boolean {
  return JSON.stringify(one.files.map(withoutChunks)) === JSON.stringify(other.files.map(withoutChunks));
}

function withoutChunks({ path, bytes, sha256 }: PackageFile) {
  return { path, bytes, sha256 };
}
