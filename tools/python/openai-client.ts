import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../cache/cache-folder.ts';
import { findPython } from '../vllm/find-python.ts';
import { runPython } from '../vllm/python-program.ts';

const run = promisify(execFile);

/** The release of OpenAI's Python client that is tested against. */
export const openaiVersion = '3.54.0';

/** A mirror or an index that does not answer must not keep anybody waiting for ever. */
const aptTimeoutMs = 300_000;
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
  const base = await bringPython(options);
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

/** @throws Error that says what was found and what to install */
async function bringPython({ signal, log }: EnsurePythonOpenaiOptions): Promise<string> {
  const find = () => findPython({ purpose: "OpenAI's Python client", ...(signal && { signal }) });
  try {
    return await find();
  } catch (error) {
    signal?.throwIfAborted();
    if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw error;
  }
  log?.('No Python with its venv module found; installing python3-venv by Debian’s package manager.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const bounded = { env, timeout: aptTimeoutMs, maxBuffer: 64 * 2 ** 20, ...(signal && { signal }) };
  try {
    await run('apt-get', ['-qq', 'update'], bounded);
    await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'python3', 'python3-venv'], bounded);
  } catch (error) {
    signal?.throwIfAborted();
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new Error(`python3-venv could not be installed (${reason}). Install it and try again.`, { cause: error });
  }
  return find();
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
