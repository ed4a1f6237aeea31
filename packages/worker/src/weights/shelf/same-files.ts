import type { ModelManifest, PackageFile } from '@orilla/contract';

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
