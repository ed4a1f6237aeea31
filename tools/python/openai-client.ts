import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';
import { findPython } from '../vllm/find-python.ts';
import { runPython } from '../vllm/python-program.ts';

/** The release of OpenAI's Python client that is tested against. */
export const openaiVersion = '3.54.0';

/**
 * A Python with the unchanged `openai` package, installed once into the cache.
 * @throws Error where this machine has no fitting Python; the signal's reason when aborted
 */
export async function ensurePythonOpenai({
  signal,
  log = () => undefined,
}: {
  readonly signal?: AbortSignal;
  readonly log?: (message: string) => void;
} = {}): Promise<string> {
  const folder = cacheFolder(['python', `openai-${openaiVersion}`]);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  log(`Installing openai ${openaiVersion} for Python into ${folder}.`);
  const working = `${folder}.part`;
  const options = { ...(signal && { signal }) };
  await rm(working, { recursive: true, force: true });
  await runPython(
    await findPython({ ...options, purpose: "OpenAI's Python client" }),
    ['-m', 'venv', working],
    options,
  );
  const flags = ['--only-binary', ':all:', '--no-input', '--disable-pip-version-check', '--quiet'];
  await runPython(
    join(working, 'bin', 'python'),
    ['-m', 'pip', 'install', ...flags, `openai==${openaiVersion}`],
    options,
  );
  // Only a whole environment gets the final name; python itself is started by path, so that moving it does no harm.
  await rename(working, folder);
  return python;
}
