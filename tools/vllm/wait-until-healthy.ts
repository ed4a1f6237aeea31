import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitUntilHealthyOptions {
  signal: AbortSignal;
  fetch?: typeof globalThis.fetch;
  intervalMs?: number;
}

/** Resolves when `url` answers with a 2xx. @throws the signal's reason when aborted; it never gives up by itself. */
export async function waitUntilHealthy(
  url: string,
  { signal, fetch = globalThis.fetch, intervalMs = 250 }: WaitUntilHealthyOptions,
): Promise<void> {
  for (;;) {
    if (await answers(url, fetch, signal)) return;
    signal.throwIfAborted();
    // Node's timer wraps the reason in an error of its own.
    await sleep(intervalMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** A server that is not listening yet and one that is stuck are the same to us. */
async function answers(url: string, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
