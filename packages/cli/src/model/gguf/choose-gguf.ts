import { basename } from 'node:path';
import type { FileSource, SourceFile } from '../../files/file-source.ts';
import { chooseFiles, listNames } from '../choose-files.ts';
import { parseSplitName } from './split-name.ts';

/**
 * The GGUF file of a source, or all parts of a split one, in order.
 * @throws Error where there is none or more than one, naming them, or where a part is missing
 */
export function chooseGguf(source: FileSource, choose?: readonly string[]): readonly SourceFile[] {
  const all = source.files.filter(({ path }) => path.endsWith('.gguf'));
  const chosen = chooseFiles(source, all, choose);
  const models = Map.groupBy(chosen, ({ path }) => modelOf(path));
  const [model, ...others] = models.keys();
  if (model === undefined) throw new Error(`${source.name} holds no GGUF file.`);
  if (others.length > 0)
    throw new Error(`${source.name} holds several models: say which one by --file.\n${listNames(chosen)}`);
  const parts = all.filter(({ path }) => modelOf(path) === model).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const expected = parseSplitName(basename(parts[0]?.path ?? ''))?.parts ?? 1;
  if (parts.length !== expected)
    throw new Error(`${source.name} holds ${parts.length} of the model's ${expected} parts. Get the others as well.`);
  return parts;
}

/** The same for all parts of a split model. */
function modelOf(path: string): string {
  const name = basename(path);
  return path.slice(0, path.length - name.length) + (parseSplitName(name)?.model ?? name);
}
