import { join } from 'node:path';
import { bringPython } from '../python/bring-python.ts';
import { runPython } from '../vllm/python-program.ts';
import { bringEmscripten } from './bring-emscripten.ts';
import { pythonDigest, scriptsFolder } from './build-digest.ts';
import { finishedFolder } from './finished-folder.ts';

/** A package index that does not answer must not keep anybody waiting for ever. */
const installTimeoutMs = 600_000;

/** What compiles the model. */
export interface BuildTools {
  /** The version of emcc, which is on the path. */
  readonly emcc: string;
  /** The program of a Python that has TVM. */
  readonly python: string;
}

export interface BringBuildToolsOptions {
  /** Keeps the Python packages. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/** @throws Error that says what to install where this machine can have no compiler; the signal's reason when aborted */
export async function bringBuildTools(options: BringBuildToolsOptions): Promise<BuildTools> {
  return { emcc: await bringEmscripten(options), python: await tvmPython(options) };
}

async function tvmPython({ cache, signal, log }: BringBuildToolsOptions): Promise<string> {
  const folder = await finishedFolder(join(cache, `python-${await pythonDigest()}`), async (working) => {
    const base = await bringPython({ purpose: 'The tiny WebLLM model', signal, log });
    log?.('Installing the compiler TVM for Python (300 MB).');
    const timeout = AbortSignal.timeout(installTimeoutMs);
    const options = { signal: signal ? AbortSignal.any([signal, timeout]) : timeout };
    await runPython(base, ['-m', 'venv', working], options);
    const flags = ['--only-binary', ':all:', '--no-input', '--disable-pip-version-check', '--quiet'];
    const requirements = join(scriptsFolder, 'requirements.txt');
    await runPython(pythonIn(working), ['-m', 'pip', 'install', ...flags, '-r', requirements], options);
  });
  return pythonIn(folder);
}

/** Started by path, so that the environment can be moved. */
function pythonIn(folder: string): string {
  return join(folder, 'bin', 'python');
}
