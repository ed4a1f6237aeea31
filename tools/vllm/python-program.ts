import { fileURLToPath } from 'node:url';
import { describeEnd, startProcessGroup } from './process-group.ts';

const dieWithParent = fileURLToPath(new URL('./die_with_parent.py', import.meta.url));

/** The arguments for `python` that run `program` (a path and its arguments) so that it cannot outlive this process. */
export function boundToUs(program: readonly string[]): string[] {
  return [dieWithParent, String(process.pid), ...program];
}

/** Our environment without what would make Python load packages from outside its own folder. */
export function pythonEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { PYTHONPATH: _path, PYTHONHOME: _home, ...rest } = env;
  return { ...rest, PYTHONNOUSERSITE: '1', PYTHONUNBUFFERED: '1' };
}

export interface RunPythonOptions {
  signal?: AbortSignal;
  /** Added to the environment. */
  env?: NodeJS.ProcessEnv;
  onLine?: (line: string) => void;
}

/**
 * Runs `python` with these arguments to its end.
 * @throws Error with the last lines of its output when it fails; the signal's reason when aborted, after it is gone.
 */
export async function runPython(
  python: string,
  args: readonly string[],
  { signal, env, onLine }: RunPythonOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  const group = await startProcessGroup(python, boundToUs([python, ...args]), {
    env: { ...pythonEnvironment(), ...env },
    ...(onLine && { onLine }),
  });
  const stop = () => void group.stop({ graceMs: 5000 });
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const end = await group.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if ('exitCode' in end && end.exitCode === 0) return;
  throw new Error(`python ${args.slice(0, 3).join(' ')} ${describeEnd(end)}:\n${group.lastLines().join('\n')}`);
}
