import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFile } from '../model/hash-file.ts';
import { runPython } from './python-program.ts';

const converter = fileURLToPath(new URL('./gguf_to_hf.py', import.meta.url));

export interface ModelFolderOptions {
  signal?: AbortSignal;
  log?: (message: string) => void;
  /** Writes the model folder for a GGUF into an existing, empty folder. */
  convert?: (ggufPath: string, folder: string, options: { signal?: AbortSignal }) => Promise<void>;
}

/**
 * The Hugging Face folder that holds the same model as a GGUF, converted once and kept in `models` under a name that
 * covers the GGUF's bytes and the conversion's text. It is renamed into place when it is whole.
 * @throws Error when the GGUF cannot be read or is not of a family that the conversion understands.
 */
export async function ensureModelFolder(
  ggufPath: string,
  models: string,
  python: string,
  { signal, log = () => undefined, convert = convertWith(python) }: ModelFolderOptions = {},
): Promise<string> {
  const withSignal = signal ? { signal } : {};
  const converterHash = createHash('sha256')
    .update(await readFile(converter))
    .digest('hex');
  const folder = join(models, `${(await hashFile(ggufPath, withSignal)).slice(0, 16)}-${converterHash.slice(0, 16)}`);
  if (await stat(folder).catch(() => undefined)) return folder;
  log('Converting the model to the folder that vLLM reads (270 MB, about 10 s).');
  await mkdir(models, { recursive: true });
  const arriving = await mkdtemp(join(models, 'converting-'));
  try {
    await convert(ggufPath, arriving, withSignal);
    await rename(arriving, folder).catch(async (error: unknown) => {
      // Somebody else finished the same conversion first: theirs is as good.
      if (!(await stat(folder).catch(() => undefined))) throw error;
    });
  } finally {
    await rm(arriving, { recursive: true, force: true });
  }
  return folder;
}

function convertWith(python: string): NonNullable<ModelFolderOptions['convert']> {
  return (ggufPath, folder, options) => runPython(python, [converter, ggufPath, folder], options);
}
