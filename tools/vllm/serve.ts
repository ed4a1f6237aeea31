import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import type { InstalledVllm } from './install.ts';
import { describeEnd, startProcessGroup } from './process-group.ts';
import { boundToUs } from './python-program.ts';
import { serveArguments, serveEnvironment } from './serve-command.ts';
import { untilReady } from './until-ready.ts';
import { vllmPlaces } from './vllm-places.ts';

export interface StartVllmOptions {
  /** From `ensureVllm`. */
  vllm: InstalledVllm;
  /** On 127.0.0.1; 0, the default, takes a free one. */
  port?: number;
  /** Clients send it as `Authorization: Bearer …`. Default: a random one. */
  apiKey?: string;
  /** In tokens. */
  maxModelLen?: number;
  /** Threads that compute; see `computeThreads`. */
  threads?: number;
  startTimeoutMs?: number;
  /** Ends the start; a vLLM that has started is ended by `stop`. */
  signal?: AbortSignal;
  /** Told in a sentence what happens. */
  log?: (message: string) => void;
}

/** A vLLM that answers. It ends at the latest when this process does. */
export interface RunningVllm {
  /** Without `/v1` and without a slash at the end. */
  url: string;
  apiKey: string;
  pid: number;
  /** Resolves, with a sentence saying how, when vLLM has ended, asked to or not. */
  ended: Promise<string>;
  /** Ends vLLM and all its processes, and resolves when they are gone. */
  stop(): Promise<void>;
  /** vLLM's own metrics, in Prometheus's text format. */
  metrics(): Promise<string>;
}

/**
 * Starts vLLM and waits until it is ready, which takes 30 to 60 s.
 * @throws Error with vLLM's last lines when it dies or is not ready in time; the signal's reason when aborted. Nothing
 *   is left running then.
 */
export async function startVllm(options: StartVllmOptions): Promise<RunningVllm> {
  const { vllm, apiKey = `sk-${randomBytes(16).toString('hex')}`, maxModelLen = 4096, threads } = options;
  const { startTimeoutMs = 180_000, signal, log = () => undefined } = options;
  signal?.throwIfAborted();
  const port = await freePort(options.port);
  const url = `http://127.0.0.1:${port}`;
  const command = [vllm.python, vllm.vllmBin, ...serveArguments({ modelDir: vllm.modelDir, port, maxModelLen })];
  log(`Starting vLLM on ${url}, which takes about a minute.`);
  // Short, because Unix sockets go there, and ours, because vLLM does not remove all of them.
  const temporary = await mkdtemp(join(tmpdir(), 'vllm-'));
  const group = await startProcessGroup(vllm.python, boundToUs(command), {
    env: serveEnvironment({ apiKey, temporary, cache: vllmPlaces().cache, ...(threads && { threads }) }),
    // vLLM's resource tracker removes its shared memory after it; that takes a moment.
    lingerMs: 5000,
  });
  // Only how it ended: lines printed while it served could hold something of a client's.
  const ended = group.ended.then(async (end) => {
    await rm(temporary, { recursive: true, force: true });
    return `vLLM ${describeEnd(end)}.`;
  });
  try {
    await untilReady(group, `${url}/health`, { name: 'vLLM', timeoutMs: startTimeoutMs, ...(signal && { signal }) });
  } catch (error) {
    await ended;
    throw error;
  }
  return {
    url,
    apiKey,
    pid: group.pid,
    ended,
    async stop() {
      await group.stop({ graceMs: 15_000 });
      await ended;
    },
    async metrics() {
      const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(`vLLM answered ${response.status} when asked for its metrics.`);
      return response.text();
    },
  };
}
