import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';
import { runPython } from '../vllm/python-program.ts';
import { bringPython } from './bring-python.ts';

/** The release of OpenAI's Python client that is tested against. */
export const openaiVersion = '3.54.0';

/** An index that does not answer must not keep anybody waiting for ever. */
const installTimeoutMs = 300_000;

export interface EnsurePythonOpenaiOptions {
  readonly signal?: AbortSignal;
  readonly log?: (message: string) => void;
}

/**
 * A Python with the unchanged `openai` package, installed once into the cache. Root on Debian gets a Python that can make virtual
 * environments by the machine's package manager, where it has none.
 * @throws Error that says what to install where this machine has no fitting Python; the signal's reason when aborted
 */
export async function ensurePythonOpenai(options: EnsurePythonOpenaiOptions = {}): Promise<string> {
  const { signal, log } = options;
  const folder = cacheFolder(['python', `openai-${openaiVersion}`]);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  log?.(`Installing openai ${openaiVersion} for Python into ${folder}.`);
  const base = await bringPython({ purpose: "OpenAI's Python client", signal, log });
  await mkdir(dirname(folder), { recursive: true });
  const working = await mkdtemp(`${folder}-`);
  try {
    await install(base, working, signal);
    await takePlace(working, folder);
  } finally {
    await rm(working, { recursive: true, force: true });
  }
  return python;
}

async function install(base: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const timeout = AbortSignal.timeout(installTimeoutMs);
  const options = { signal: signal ? AbortSignal.any([signal, timeout]) : timeout };
  const flags = ['--only-binary', ':all:', '--no-input', '--disable-pip-version-check', '--quiet'];
  await runPython(base, ['-m', 'venv', folder], options);
  await runPython(
    join(folder, 'bin', 'python'),
    ['-m', 'pip', 'install', ...flags, `openai==${openaiVersion}`],
    options,
  );
}

/** Only a whole environment gets the final name; python itself is started by path, so that moving it does no harm. */
async function takePlace(working: string, folder: string): Promise<void> {
  try {
    await rename(working, folder);
  } catch (error) {
    // Somebody was quicker: theirs is the same.
    if (!existsSync(join(folder, 'bin', 'python'))) throw error;
  }
}
