import { setTimeout as delay } from 'node:timers/promises';
import { abortReason, isAbortError, isOrillaError } from '@orilla/contract';
import { internalError, type RelayLog } from '../http/relay-log.ts';
import type { LaunchedUpstream, UpstreamLauncher } from './launcher.ts';
import type { Upstream } from './upstream.ts';

/** An upstream that ends by itself is started again after a pause that doubles up to the longest. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** One that ran for so long has earned the first pause again. */
const steadyMs = 60_000;

export interface KeptUpstream {
  /** Resolves once it is up for the first time. @throws what the launcher throws; AbortError after `stop` */
  readonly ready: Promise<void>;
  readonly isUp: () => boolean;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface KeepLaunchedOptions {
  readonly launch: UpstreamLauncher;
  readonly log: RelayLog;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Starts an upstream and keeps it running: a model that crashes is started again, one that never came up is not. */
export function keepLaunched(upstream: Upstream, options: KeepLaunchedOptions): KeptUpstream {
  const { launch, log, now, pause = (ms, signal) => delay(ms, undefined, { signal }) } = options;
  const { name, embedded } = upstream.config;
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  let isUp = false;
  const first = Promise.withResolvers<void>();

  async function start(): Promise<LaunchedUpstream> {
    if (!embedded) throw new Error('An upstream without a model file was to be launched.');
    const startedMs = now();
    const say = (level: 'info' | 'warn' | 'error', text: string) =>
      log(level, { event: 'upstream-says', upstream: name, text });
    const launched = await launch({ ...embedded, name }, { signal, log: say });
    if (signal.aborted) {
      await launched.stop();
      throw abortReason(signal);
    }
    upstream.connectTo(launched.socketPath);
    isUp = true;
    log('info', { event: 'upstream-launched', upstream: name, ms: Math.round(now() - startedMs) });
    return launched;
  }

  async function keep(): Promise<void> {
    let pauseMs = firstPauseMs;
    let launched = await start();
    first.resolve();
    for (;;) {
      const upSinceMs = now();
      const exited = launched.exited.catch((error: unknown) => log('error', internalError(error, null)));
      await Promise.race([exited, stopped]);
      isUp = false;
      upstream.disconnect();
      if (signal.aborted) {
        await launched.stop();
        return;
      }
      if (now() - upSinceMs >= steadyMs) pauseMs = firstPauseMs;
      const next = await startAgain(pauseMs);
      if (!next) return;
      launched = next;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  /** `null` once it is stopped. */
  async function startAgain(afterMs: number): Promise<LaunchedUpstream | null> {
    for (let pauseMs = afterMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      log('error', { event: 'upstream-exited', upstream: name, nextStartMs: pauseMs });
      try {
        await pause(pauseMs, signal);
        return await start();
      } catch (error) {
        if (!isAbortError(error)) log('error', internalError(error, null));
      }
    }
    return null;
  }

  const kept = keep().catch((error: unknown) => {
    const code = isOrillaError(error) ? error.code : null;
    if (!isAbortError(error)) log('error', { event: 'upstream-not-started', upstream: name, code });
    first.reject(error);
  });
  return {
    ready: first.promise,
    isUp: () => isUp,
    stop: async () => {
      stopping.abort();
      await kept;
    },
  };
}
