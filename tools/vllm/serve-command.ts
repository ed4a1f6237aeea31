import { availableParallelism } from 'node:os';
import { pythonEnvironment } from './python-program.ts';

/** The model's name in requests. */
export const servedModelName = 'smollm2-135m';

export interface ServeCommandOptions {
  modelDir: string;
  port: number;
  /** In tokens, prompt and answer together. */
  maxModelLen: number;
}

/** What follows `vllm` on the command line. The API key is not there: every user of a machine sees command lines. */
export function serveArguments({ modelDir, port, maxModelLen }: ServeCommandOptions): string[] {
  return [
    'serve',
    modelDir,
    ...['--served-model-name', servedModelName],
    ...['--host', '127.0.0.1'],
    ...['--port', String(port)],
    ...['--max-model-len', String(maxModelLen)],
    ...['--max-num-seqs', '8'],
    // Not every CPU computes in 16 bits; and no compilation, which takes minutes and gains little on so small a model.
    ...['--dtype', 'float32'],
    '--enforce-eager',
    '--enable-prefix-caching',
    ...['--scheduling-policy', 'priority'],
    '--enable-auto-tool-choice',
    ...['--tool-call-parser', 'hermes'],
  ];
}

export interface ServeEnvironmentOptions {
  apiKey: string;
  /** Where vLLM may keep what it computes once. */
  cache: string;
  /** For sockets and other files that end with it; a short path, since a socket's has at most 107 characters. */
  temporary: string;
  /** Threads that compute. Default: one fewer than the cores, at most four. */
  threads?: number;
  env?: NodeJS.ProcessEnv;
}

/** The environment that `vllm serve` runs in. */
export function serveEnvironment({
  apiKey,
  cache,
  temporary,
  threads = computeThreads(),
  env = process.env,
}: ServeEnvironmentOptions): NodeJS.ProcessEnv {
  return {
    ...pythonEnvironment(env),
    VLLM_API_KEY: apiKey,
    VLLM_CACHE_ROOT: cache,
    TMPDIR: temporary,
    VLLM_CPU_KVCACHE_SPACE: '2',
    // Bound to cores, vLLM would leave one unused and refuse to start on a machine that shows it only one.
    VLLM_CPU_OMP_THREADS_BIND: 'nobind',
    OMP_NUM_THREADS: String(threads),
    // A thread that waits by spinning takes the core from the relay and the browser beside it.
    OMP_WAIT_POLICY: 'passive',
    HF_HUB_OFFLINE: '1',
    VLLM_NO_USAGE_STATS: '1',
  };
}

/**
 * One core is left to vLLM's own server, the relay and the browser: on two cores a second thread gained nothing (19
 * tokens a second with either) and fell to 8 while others used the machine. More than four do nothing for 135M weights.
 */
export function computeThreads(cores = availableParallelism()): number {
  return Math.min(Math.max(cores - 1, 1), 4);
}
