import type { Network } from './network.ts';

export interface InterruptionOptions {
  readonly cause?: unknown;
  /** How long the server asks to be left alone. */
  readonly retryAfterMs?: number;
}

/** A failure that may be gone a moment later: a lost connection, an overloaded server. The message begins with the server's origin and goes on to people. */
export class Interruption extends Error {
  override readonly name: string = 'Interruption';
  readonly retryAfterMs: number;

  constructor(message: string, { cause, retryAfterMs = 0 }: InterruptionOptions = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

export interface RetryOptions {
  readonly network: Pick<Network, 'sleep' | 'random'>;
  readonly signal: AbortSignal;
  /** Told of every interruption, also of the last one. */
  readonly onInterruption?: () => void;
}

const maxAttempts = 5;
const firstDelayMs = 500;
const longestDelayMs = 8_000;

/** Tries again after an `Interruption`, each time after a longer wait. Everything else is thrown at once. */
export async function withRetry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      await waitToRetry(error, attempt, options);
    }
  }
}

/**
 * Waits before the next attempt: up to twice as long each time ("full jitter": anything from nothing to the whole wait, so that the
 * clients of a server that comes back don't come all at once), and not before the server said.
 * @throws the error itself where it is no `Interruption`, or `attempt` was the last one; AbortError
 */
export async function waitToRetry(error: unknown, attempt: number, options: RetryOptions): Promise<void> {
  if (!(error instanceof Interruption)) throw error;
  options.onInterruption?.();
  if (attempt >= maxAttempts) throw error;
  const { network, signal } = options;
  const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
  await network.sleep(error.retryAfterMs + delayMs * network.random(), { signal });
}
