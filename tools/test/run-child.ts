import { spawn } from 'node:child_process';

export interface RunChildOptions {
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Whether people see what it writes. */
  output?: 'inherit' | 'ignore';
  /** How long a child that was told to end may take before it is ended. */
  graceMs?: number;
}

/**
 * Runs a Node script with this process's output, and everything it starts with it: an abort interrupts the whole
 * process group, and nothing of it is left when this returns.
 * @returns the exit code; 1 for a child that a signal ended.
 * @throws the signal's reason when aborted.
 */
export async function runChild(args: readonly string[], options: RunChildOptions = {}): Promise<number> {
  const { signal, env = process.env, cwd = process.cwd(), output = 'inherit', graceMs = 10_000 } = options;
  signal?.throwIfAborted();
  // A group of its own: ^C on a terminal then reaches it once, through us, and browsers and workers end with it.
  const child = spawn(process.execPath, args, { env, cwd, stdio: ['ignore', output, output], detached: true });
  let killer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    signalGroup(child.pid, 'SIGINT');
    killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (exitCode) => resolve(exitCode ?? 1));
    });
    signal?.throwIfAborted();
    return code;
  } finally {
    clearTimeout(killer);
    signal?.removeEventListener('abort', interrupt);
    signalGroup(child.pid, 'SIGKILL');
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    // Windows has no process groups.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    // Nothing of it is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
