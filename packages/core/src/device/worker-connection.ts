import { OrillaError, type WorkerApi, type WorkerHello } from '@orilla/contract';
import type { SilenceWatch } from '@orilla/worker/page';
import { type Endpoint, type Remote, releaseProxy, wrap } from 'comlink';
import { raceSignal } from './race-signal.ts';
import { isPageVisible, type Patience, WorkerWatch } from './worker-watch.ts';

/** What the page needs of a Worker; a `Worker` is one. */
export interface WorkerLike extends Endpoint {
  terminate(): void;
}

/** Something that tells when a named lock becomes free; `navigator.locks` is one. */
export type LockWatcher = Pick<LockManager, 'request'>;

export interface WorkerConnection {
  readonly api: Remote<WorkerApi>;
  /** Aborts with `engine.worker-died` when the worker is gone, whatever ended it. Everything that waits on the worker watches this. */
  readonly lost: AbortSignal;
  readonly patience: Patience;
  /** Of the lock that the worker has as long as it lives; `null` where there are none. */
  readonly lockName: string | null;
  /** Watches that a call which runs is not silent for ever: a worker that tells nothing for so long, and does not answer, is ended. */
  watch(limitMs: number): SilenceWatch;
  close(): void;
}

export interface ConnectOptions {
  readonly locks: LockWatcher | null;
  /** How long the worker's script may take to load and say hello. */
  readonly startTimeoutMs: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

/**
 * Waits until the worker says hello, and then watches over its life: by its error events, and by a lock that it holds as long as it lives
 * (a worker that the browser kills sends no event, but its locks are released).
 * @throws OrillaError `engine.worker-died` where it does not start; AbortError
 */
export async function connectWorker(worker: WorkerLike, options: ConnectOptions): Promise<WorkerConnection> {
  const death = new AbortController();
  const die = (why: string, cause?: unknown) => {
    if (death.signal.aborted) return;
    death.abort(workerDied(why, cause));
    worker.terminate();
  };
  const onError = (event: Event | MessageEvent) => die('its script failed', 'error' in event ? event.error : undefined);
  worker.addEventListener('error', onError as EventListener); // comlink's Endpoint types listeners more loosely than the DOM
  worker.addEventListener('messageerror', onError as EventListener);
  let lockName: string | null = null;
  const late = setTimeout(() => die(`it did not start within ${options.startTimeoutMs} ms`), options.startTimeoutMs);
  try {
    ({ lockName } = await raceSignal(waitForHello(worker), [death.signal, options.signal]));
    if (lockName !== null && options.locks) watchLock(options.locks, lockName, death.signal, die);
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    clearTimeout(late);
  }
  const api = wrap<WorkerApi>(worker);
  const { patience } = options;
  const ping = () => raceSignal(api.ping(), [death.signal]);
  const watch = new WorkerWatch({ pingMs: patience.pingMs, ping, die, isVisible: isPageVisible });
  return {
    api,
    lost: death.signal,
    patience,
    lockName,
    watch: (limitMs) => watch.begin(limitMs),
    close() {
      api[releaseProxy]();
      die('it was closed');
    },
  };
}

function waitForHello(worker: WorkerLike): Promise<WorkerHello> {
  return new Promise((resolve) => {
    const onMessage = (event: Event) => {
      const hello = 'data' in event ? event.data : undefined;
      if (!isHello(hello)) return;
      worker.removeEventListener('message', onMessage as EventListener); // as above
      resolve(hello);
    };
    worker.addEventListener('message', onMessage as EventListener); // as above
  });
}

function isHello(value: unknown): value is WorkerHello {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'orilla-worker' &&
    'lockName' in value
  );
}

function watchLock(locks: LockWatcher, name: string, dead: AbortSignal, die: (why: string) => void): void {
  // Rejected when the death is known already, or where locks may not be used: then the error events alone tell.
  locks.request(name, { signal: dead }, () => die('the browser ended it')).catch(() => undefined);
}

function workerDied(why: string, cause?: unknown): OrillaError {
  return new OrillaError('engine.worker-died', `The model's worker ended: ${why}.`, {
    advice: 'Ask again: a new worker starts by itself. If it happens again, choose a smaller model.',
    cause,
  });
}
