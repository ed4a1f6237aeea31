import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { findPython } from '../vllm/find-python.ts';

const run = promisify(execFile);

/** A mirror that does not answer must not keep anybody waiting for ever. */
const aptTimeoutMs = 300_000;

export interface BringPythonOptions {
  /** What needs it, for the error. */
  readonly purpose: string;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/**
 * A Python that can make virtual environments. Root on Debian gets one by the machine's package manager, where it has none.
 * @throws Error that says what was found and what to install; the signal's reason when aborted
 */
export async function bringPython({ purpose, signal, log }: BringPythonOptions): Promise<string> {
  const find = () => findPython({ purpose, ...(signal && { signal }) });
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
