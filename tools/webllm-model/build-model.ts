import { join } from 'node:path';
import { runPython } from '../vllm/python-program.ts';
import type { BuildTools } from './bring-build-tools.ts';
import { runtimeDigest, scriptsFolder } from './build-digest.ts';
import { finishedFolder } from './finished-folder.ts';

/** Far above a minute on two quiet cores; what takes longer hangs. */
const stepTimeoutMs = 900_000;

export interface BuildModelOptions {
  /** Keeps the runtime for the next build. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/**
 * Builds the tiny WebLLM model into an empty folder: TVM's runtime first, where the cache has none, then the model.
 * @throws Error with the last lines of the step that failed; the signal's reason when aborted
 */
export async function buildModel(folder: string, tools: BuildTools, options: BuildModelOptions): Promise<void> {
  const { cache, signal, log } = options;
  const runtime = await finishedFolder(join(cache, `runtime-${await runtimeDigest(tools.emcc)}`), (working) => {
    log?.('Compiling TVM’s runtime to WebAssembly, once; this takes about a minute.');
    return build(tools, ['runtime', working], signal);
  });
  log?.('Compiling the tiny WebLLM model.');
  await build(tools, ['model', folder, runtime], signal);
}

function build({ python }: BuildTools, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const timeout = AbortSignal.timeout(stepTimeoutMs);
  return runPython(python, [join(scriptsFolder, 'build.py'), ...args], {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    // Debian's emcc has its compiled system libraries where it looks without EM_CACHE; elsewhere it would compile them again.
    env: { EM_CACHE: undefined, PYTHONDONTWRITEBYTECODE: '1' },
  });
}
