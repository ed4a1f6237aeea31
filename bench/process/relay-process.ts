import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { waitUntilHealthy } from '../../tools/vllm/wait-until-healthy.ts';
import { freePort } from './free-port.ts';

/** `orilla-relay serve`, in a process of its own. */
export interface RelayProcess extends AsyncDisposable {
  readonly pid: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
}

export interface RelayProcessOptions {
  readonly signal?: AbortSignal | undefined;
  readonly startTimeoutMs?: number;
}

/**
 * Serves a configuration, given in YAML without its `listen`, on a free port. The relay's log goes to /dev/null: who reads it is not what is measured.
 * @throws Error where the relay ends instead, having said why on stderr, or is not ready in time; AbortError
 */
export async function startRelayProcess(
  yaml: string,
  { signal, startTimeoutMs = 20_000 }: RelayProcessOptions = {},
): Promise<RelayProcess> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'orilla-bench-relay-'));
  const config = join(folder, 'relay.yaml');
  const port = await freePort();
  await writeFile(config, `listen: 127.0.0.1:${port}\n${yaml}`);
  const child = spawn(process.execPath, ['--conditions=@orilla/source', command(), 'serve', '--config', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const relay = {
    pid: child.pid ?? Number.NaN,
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await untilReady(child, `${relay.origin}/readyz`, [
      AbortSignal.timeout(startTimeoutMs),
      ...(signal ? [signal] : []),
    ]);
    return relay;
  } catch (error) {
    await relay[Symbol.asyncDispose]();
    throw error;
  }
}

/** The program behind `orilla-relay`. */
function command(): string {
  const description = findPackageJSON('@orilla/relay', import.meta.url);
  if (description === undefined) throw new Error('@orilla/relay is not installed: run npm install.');
  return join(dirname(description), 'src', 'main.ts');
}

async function untilReady(child: ChildProcess, url: string, signals: readonly AbortSignal[]): Promise<void> {
  const settled = new AbortController();
  const signal = AbortSignal.any([...signals, settled.signal]);
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`orilla-relay ended with exit code ${code} instead of serving.`);
  });
  try {
    await Promise.race([ended, waitUntilHealthy(url, { signal, intervalMs: 50 })]);
  } catch (error) {
    for (const given of signals) given.throwIfAborted();
    throw error;
  } finally {
    settled.abort();
    // The loser of the race ends with this abort, and has nothing more to say.
    await ended.catch(() => undefined);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // Nothing is under way that it would have to finish.
  child.kill('SIGKILL');
  await ended;
}
