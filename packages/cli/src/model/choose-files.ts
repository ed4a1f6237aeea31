import { basename } from 'node:path';
import type { FileSource, SourceFile } from '../files/file-source.ts';

/** Those of a source's model files that were asked for by path or name; all of them where nothing was. @throws Error for a name that none has */
export function chooseFiles(
  source: FileSource,
  files: readonly SourceFile[],
  choose: readonly string[] = [],
): readonly SourceFile[] {
  if (choose.length === 0) return files;
  const found = choose.map((name) => {
    const file = files.find(({ path }) => path === name) ?? files.find(({ path }) => basename(path) === name);
    if (!file) throw new Error(`${source.name} holds no model file ${name}. It has:\n${listNames(files)}`);
    return file;
  });
  // One may have been named twice, by its name and by its path.
  return [...new Set(found)];
}

const mostNames = 20;

/** For people, one a line. */
export function listNames(files: readonly SourceFile[]): string {
  const names = files.slice(0, mostNames).map(({ path }) => `  ${path}`);
  const others = files.length - names.length;
  return [...names, ...(others > 0 ? [`  and ${others} more`] : [])].join('\n') || '  none';
}
