import { abortReason } from '@orilla/contract';

/** The world outside, as far as downloads see it; tests put their own in. */
export interface Network {
  readonly fetch: typeof fetch;
  /** Milliseconds, from any start. */
  readonly now: () => number;
  /** Milliseconds since the Unix epoch. */
  readonly epochMs: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Waits. @throws AbortError */
  readonly sleep: (ms: number, options: { readonly signal: AbortSignal }) => Promise<void>;
  /** Calls back whenever the browser has found a network again, and gives what ends that. It may not notice. */
  readonly onOnline: (listener: () => void) => () => void;
  /** A connection that brings nothing for this long counts as broken. */
  readonly stallMs: number;
}

export const realNetwork: Network = {
  fetch: (input, init) => fetch(input, init),
  now: () => performance.now(),
  epochMs: Date.now,
  random: Math.random,
  sleep,
  onOnline,
  stallMs: 30_000,
};

function onOnline(listener: () => void): () => void {
  // Outside a browser nobody tells.
  globalThis.addEventListener?.('online', listener);
  return () => globalThis.removeEventListener?.('online', listener);
}

function sleep(ms: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortReason(signal));
    const wake = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      clearTimeout(timer);
      reject(abortReason(signal));
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', leave, { once: true });
  });
}
