/** Web Locks, as far as the weight store uses them. */
export type Locks = Pick<LockManager, 'request' | 'query'>;

export interface LockOptions {
  /** `null` where there are none (an insecure context): then the work is done without. */
  readonly locks: Locks | null;
  readonly signal: AbortSignal;
  /** Told when somebody else has the lock. */
  readonly onWait?: () => void;
}

/**
 * Does the work while this worker alone, of all tabs, has the lock. The browser gives it back by itself when the worker is gone.
 * @throws AbortError while it waits, and what the work throws
 */
export async function withLock<T>(
  name: string,
  { locks, signal, onWait }: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  if (!locks) return work();
  if (!onWait) return locks.request(name, { signal }, work);
  const first = await locks.request(name, { ifAvailable: true }, async (lock) => lock && { result: await work() });
  if (first) return first.result;
  onWait();
  return locks.request(name, { signal }, work);
}

/** Takes a lock that others may have at the same time, and gives the function that gives it back. @throws AbortError */
export async function holdSharedLock(
  name: string,
  { locks, signal }: Omit<LockOptions, 'onWait'>,
): Promise<() => void> {
  if (!locks) return () => undefined;
  const over = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const given = locks.request(name, { mode: 'shared', signal }, () => {
    held.resolve();
    return over.promise;
  });
  await Promise.race([held.promise, given]);
  return over.resolve;
}
