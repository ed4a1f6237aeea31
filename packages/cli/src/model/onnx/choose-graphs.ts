import type { FileSource, SourceFile } from '../../files/file-source.ts';
import { chooseFiles, listNames } from '../choose-files.ts';

/** The graph of an ONNX folder, or those that were asked for. @throws Error where there is none or more than one, naming them */
export function chooseGraphs(source: FileSource, choose?: readonly string[]): readonly SourceFile[] {
  const all = source.files.filter(({ path }) => path.endsWith('.onnx'));
  if (all.length === 0) throw new Error(`${source.name} holds no ONNX file.`);
  const chosen = chooseFiles(source, all, choose);
  if (chosen.length > 1 && !choose?.length)
    throw new Error(`${source.name} holds several graphs: say which one by --file.\n${listNames(all)}`);
  return chosen;
}
