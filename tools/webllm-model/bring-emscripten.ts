import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A slow mirror gets its time: half a gigabyte with all that it needs. */
const aptTimeoutMs = 900_000;

export interface BringEmscriptenOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what is being installed, when anything is. */
  readonly log?: ((message: string) => void) | undefined;
  /** The first line of `emcc --version`; undefined where it does not start. */
  readonly version?: () => Promise<string | undefined>;
  /** Debian's package manager, if the machine has it and we may use it. */
  readonly install?: ((options: { readonly signal?: AbortSignal | undefined }) => Promise<void>) | undefined;
}

/**
 * The version of emcc, which root on Debian gets by the machine's package manager.
 * @throws Error that says what to install where there is none; the signal's reason when aborted
 */
export async function bringEmscripten(options: BringEmscriptenOptions = {}): Promise<string> {
  const { signal, log, version = emccVersion } = options;
  const install = 'install' in options ? options.install : debianInstall();
  const found = await version();
  if (found !== undefined) return found;
  if (!install)
    throw new Error('there is no emcc here, and only root on Debian can install it. Install emscripten and try again');
  log?.('No emcc found; installing emscripten by Debian’s package manager.');
  try {
    await install({ signal });
  } catch (error) {
    signal?.throwIfAborted();
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new Error(`emscripten could not be installed (${reason}). Install it and try again`, { cause: error });
  }
  const brought = await version();
  if (brought === undefined)
    throw new Error('emscripten was installed, but emcc does not start. Run emcc --version to see why');
  return brought;
}

async function emccVersion(): Promise<string | undefined> {
  try {
    return (await run('emcc', ['--version'], { timeout: 60_000 })).stdout.split('\n')[0];
  } catch {
    return undefined;
  }
}

function debianInstall(): BringEmscriptenOptions['install'] {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  return async ({ signal }) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { env, timeout: aptTimeoutMs, maxBuffer: 64 * 2 ** 20, ...(signal && { signal }) };
    await run('apt-get', ['-qq', 'update'], options);
    await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'emscripten'], options);
  };
}
