import { basename } from 'node:path';
import type { FileSource, SourceFile } from '../files/file-source.ts';

/** Those of a source's model files that were asked for by path or name; all of them where nothing was. @throws Error for a name that none has */
export function chooseFiles(
  source: FileSource,
  files: readonly SourceFile[],
  choose: readonly string[] = [],
): readonly SourceFile[] {
  if (choose.length === 0) return files;
  return choose.map((name) => {
    const found = files.find(({ path }) => path === name) ?? files.find(({ path }) => basename(path) === name);
    if (!found) throw new Error(`${source.name} holds no model file ${name}. It has:\n${listNames(files)}`);
    return found;
  });
}

const mostNames = 20;

/** For people, one a line. */
export function listNames(files: readonly SourceFile[]): string {
  const names = files.slice(0, mostNames).map(({ path }) => `  ${path}`);
  const others = files.length - names.length;
  return [...names, ...(others > 0 ? [`  and ${others} more`] : [])].join('\n') || '  none';
}
