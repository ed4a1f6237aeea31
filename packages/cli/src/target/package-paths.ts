/** Where the parts of a package lie in a mirror, whatever the mirror is kept in. */
export function manifestPath(id: string): string {
  return `${id}/manifest.json`;
}

export function filePath(id: string, path: string): string {
  return `${id}/files/${path}`;
}

/** Where a file is written until all of it is there. A part that a later run may go on with tells of which file it is, by the SHA-256. */
export function partPath(path: string, sha256?: string): string {
  return sha256 === undefined ? `${path}.part` : `${path}.${sha256.slice(0, 16)}.part`;
}

/** The package that a file of a mirror lies in; `null` for one that lies in none. */
export function packageOf(path: string): string | null {
  const end = path.indexOf('/');
  return end > 0 ? path.slice(0, end) : null;
}
