import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What `npm start` runs, on a port of its own. */
export interface RunningServer extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Ends it as ^C does; resolves with how it ended, also when it had ended before. */
  stop(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface StartServerOptions {
  /** More arguments for the script. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take until it answers; the first start builds and may have to fetch the model. */
  readonly timeoutMs?: number;
}

const root = join(import.meta.dirname, '..', '..');
const address = /http:\/\/127\.0\.0\.1:\d+/;
/** The end of what it printed, for the message when it doesn't start. In UTF-16 units. */
const maxOutput = 8_000;
const stopTimeoutMs = 15_000;

/**
 * Starts the script of `npm start` on a free port and resolves once it is ready for questions. Builds nothing by itself.
 * @throws Error with the end of its output where it ends, or is not ready in time
 */
export async function startServer(options: StartServerOptions = {}): Promise<RunningServer> {
  const { args = [], env = {}, timeoutMs = 240_000 } = options;
  const child = spawn(
    process.execPath,
    ['--conditions=@orilla/source', join(root, 'tools', 'start.ts'), '--port', '0', ...args],
    { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit');
  let output = '';
  const collect = (text: string) => {
    output = (output + text).slice(-maxOutput);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await Promise.race([exited, pause(stopTimeoutMs, undefined, { ref: false })]);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    }
    return { code: child.exitCode, signal: child.signalCode };
  };

  const deadline = Date.now() + timeoutMs;
  let url: string | undefined;
  while (Date.now() < deadline && isAlive(child)) {
    url ??= address.exec(output)?.[0];
    if (url !== undefined && child.pid !== undefined && (await isReady(url))) {
      return { url, pid: child.pid, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
    }
    await pause(100);
  }
  const what = isAlive(child)
    ? `was not ready after ${timeoutMs} ms`
    : `ended with ${child.exitCode ?? child.signalCode}`;
  await stop();
  throw new Error(`The server ${what}. The end of its output:\n${output}`);
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // it does not listen yet
  }
}
