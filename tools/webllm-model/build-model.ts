import { join } from 'node:path';
import { bringPython } from '../python/bring-python.ts';
import { runPython } from '../vllm/python-program.ts';
import { bringEmscripten } from './bring-emscripten.ts';
import { pythonDigest, runtimeDigest, scriptsFolder } from './build-digest.ts';
import { finishedFolder } from './finished-folder.ts';

/** Far above a minute on two quiet cores; what takes longer hangs. */
const stepTimeoutMs = 900_000;

export interface BuildModelOptions {
  /** Keeps the Python packages and the runtime for the next build. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/**
 * Builds the tiny WebLLM model into an empty folder: emscripten and TVM first where they are missing, then TVM's runtime, then the model.
 * @throws Error that says which step failed, or what to install; the signal's reason when aborted
 */
export async function buildModel(folder: string, { cache, signal, log }: BuildModelOptions): Promise<void> {
  const bounded = { signal, log };
  const emcc = await bringEmscripten(bounded);
  const python = await tvmPython(cache, bounded);
  const runtime = await finishedFolder(join(cache, `runtime-${await runtimeDigest(emcc)}`), (working) => {
    log?.('Compiling TVM’s runtime to WebAssembly, once; this takes about a minute.');
    return build(python, ['runtime', working], signal);
  });
  log?.('Compiling the tiny WebLLM model.');
  await build(python, ['model', folder, runtime], signal);
}

async function tvmPython(cache: string, { signal, log }: Omit<BuildModelOptions, 'cache'>): Promise<string> {
  const folder = await finishedFolder(join(cache, `python-${await pythonDigest()}`), async (working) => {
    const base = await bringPython({ purpose: 'The tiny WebLLM model', signal, log });
    log?.('Installing the compiler TVM for Python (300 MB).');
    const options = { signal: bounded(signal) };
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

function build(python: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  return runPython(python, [join(scriptsFolder, 'build.py'), ...args], {
    signal: bounded(signal),
    // Debian's emcc has its compiled system libraries where it looks without this; elsewhere it would compile them again.
    env: { EM_CACHE: undefined, PYTHONDONTWRITEBYTECODE: '1' },
  });
}

function bounded(signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(stepTimeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}
