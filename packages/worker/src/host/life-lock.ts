import { toHex } from '../to-hex.ts';

/**
 * Takes a lock that nobody else asks for and never gives it back: the browser does, when this worker is gone, however it went.
 * Whoever waits for it learns of the death. Gives the lock's name, `null` where there are no locks (an insecure or opaque origin).
 */
export async function holdLifeLock(locks: Pick<LockManager, 'request'> | undefined): Promise<string | null> {
  if (!locks) return null;
  const name = `orilla-worker-${randomHex()}`;
  const held = Promise.withResolvers<string>();
  const untilDeath = locks.request(name, () => {
    held.resolve(name);
    return new Promise<never>(() => undefined);
  });
  try {
    return await Promise.race([held.promise, untilDeath]);
  } catch {
    // An opaque origin has the API but may not use it; the page then has the worker's error events alone.
    return null;
  }
}

function randomHex(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
