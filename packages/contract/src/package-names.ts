/** Whether a package may be called so. An id is also a folder's name: it holds nothing that means something in a path. */
export function isPackageId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id);
}

/** Whether a path stays inside its folder: relative, with `/` between its parts, none of which is empty, `.` or `..`. */
export function isRelativePath(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Whether a mirror serves a file of this path. Beyond staying inside its folder, no part of it is hidden or has a character that means
 * something else somewhere: a backslash, a colon, a control character.
 */
export function isPackagePath(path: string): boolean {
  return path.split('/').every((part) => part !== '' && !part.startsWith('.') && !/[\\:\p{Cc}]/u.test(part));
}
