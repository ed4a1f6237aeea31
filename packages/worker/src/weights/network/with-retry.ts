import type { Network } from './network.ts';

/** A failure that may be gone a moment later: a lost connection, an overloaded server. `message` goes on to people. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
}

const attempts = 5;
const firstDelayMs = 500;
const longestDelayMs = 8_000;

/**
 * Tries again after an `Interruption`, each time after about twice the wait ("full jitter": anything from nothing to the whole wait,
 * so that the clients of a server that comes back don't come all at once). Everything else is thrown at once.
 */
export async function withRetry<T>(
  work: () => Promise<T>,
  { network, signal }: { readonly network: Pick<Network, 'sleep' | 'random'>; readonly signal: AbortSignal },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Interruption) || attempt === attempts) throw error;
      const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
      await network.sleep(delayMs * network.random(), { signal });
    }
  }
}
