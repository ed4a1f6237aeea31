import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface RunOutsideOptions {
  cwd: string;
  /** How long the program may take before it is ended; two minutes when nothing is said. */
  timeoutMs?: number;
  /** Variables to add to the environment. */
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a program as somebody outside this workspace would, and gives what it printed.
 * @throws Error with what it said, when it fails or takes too long.
 */
export async function runOutside(
  program: string,
  args: readonly string[],
  { cwd, timeoutMs = 120_000, env, signal }: RunOutsideOptions,
): Promise<string> {
  const limits = { timeout: timeoutMs, maxBuffer: 32 * 2 ** 20 };
  const options = { cwd, env: { ...outsideEnv(), ...env }, ...limits, ...(signal && { signal }) };
  try {
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new Error(`\`${[program, ...args].join(' ')}\` failed in ${cwd}.\n${outputOf(error)}`, { cause: error });
  }
}

/**
 * The environment without what this workspace adds to it: the export condition that makes `@orilla/*` mean the sources, and what
 * `npm run` tells its scripts about this package.
 */
export function outsideEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const ours = /^(NODE_OPTIONS|INIT_CWD|npm_(package|lifecycle)_.*|npm_config_local_prefix|npm_command)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}

function outputOf(error: unknown): string {
  // What execFile rejects with: an Error that also has what the program printed.
  const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
  return [stdout, stderr].join('\n').trim() || message;
}
