import type { FileSource } from './file-source.ts';

/** A source with the files of another one as well. Where both have a file of one name, the added one is taken. */
export function joinSources(source: FileSource, added: FileSource): FileSource {
  const names = new Set(added.files.map(({ path }) => path));
  const sourceOf = (path: string) => (names.has(path) ? added : source);
  return {
    ...source,
    files: [...source.files.filter(({ path }) => !names.has(path)), ...added.files],
    read: (path, options) => sourceOf(path).read(path, options),
    localPath: (path) => sourceOf(path).localPath?.(path) ?? null,
  };
}
