import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseSplitName } from '../model/gguf/split-name.ts';
import type { FileSource, SourceFile } from './file-source.ts';
import { readLocalFile } from './read-local-file.ts';

/**
 * A model on this machine: a folder with all that is below it save hidden files, or one file, with its other parts where it is split.
 * @throws Error where there is nothing at `path`
 */
export async function openLocalSource(path: string): Promise<FileSource> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new Error(`There is no file or folder ${path}. Check the path.`);
  });
  const folder = found.isDirectory() ? path : dirname(path);
  const names = found.isDirectory() ? await namesBelow(folder) : await partsOf(folder, basename(path));
  const files: SourceFile[] = [];
  for (const name of names) files.push({ path: name, bytes: (await stat(join(folder, name))).size });
  const real = await realpath(folder);
  return {
    name: path,
    modelName: basename(resolve(path)),
    files,
    read: (name, options) => readLocalFile(join(real, name), options),
    localPath: (name) => join(real, name),
  };
}

/** Deeper than any model's folder: a link that leads up makes one without end. */
const maxDepth = 16;

async function namesBelow(folder: string, prefix = ''): Promise<string[]> {
  if (prefix.split('/').length > maxDepth) throw new Error(`${folder} has folders in folders without end: ${prefix}`);
  const names: string[] = [];
  for (const entry of (await readdir(join(folder, prefix))).toSorted()) {
    if (entry.startsWith('.')) continue;
    const name = `${prefix}${entry}`;
    // A link is followed: folders of models are often made of links into a cache.
    const found = await stat(join(folder, name));
    if (found.isDirectory()) names.push(...(await namesBelow(folder, `${name}/`)));
    else if (found.isFile()) names.push(name);
  }
  return names;
}

async function partsOf(folder: string, name: string): Promise<readonly string[]> {
  const split = parseSplitName(name);
  if (!split) return [name];
  const isPart = (other: string) => parseSplitName(other)?.model === split.model;
  return (await readdir(folder)).filter(isPart).toSorted();
}
