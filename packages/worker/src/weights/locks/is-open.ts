import { downloadLock, openLock } from './lock-names.ts';

/**
 * Tells whether a package is in use in any tab: whoever computes with it or downloads it holds, or waits for, a lock with its name.
 * Where the browser has no locks it can't be told, and nothing counts as open.
 */
export function isOpenIn(locks: Pick<LockManager, 'query'> | null): (id: string) => Promise<boolean> {
  return async (id) => {
    if (!locks) return false;
    const { held = [], pending = [] } = await locks.query();
    return [...held, ...pending].some(({ name }) => name === openLock(id) || name === downloadLock(id));
  };
}

/** Tells whether some tab has a package's download in hand, paused or not; `null` where it can't be told. */
export function isDownloadedIn(locks: Pick<LockManager, 'query'> | null): ((id: string) => Promise<boolean>) | null {
  if (!locks) return null;
  return async (id) => {
    const { held = [] } = await locks.query();
    return held.some(({ name }) => name === downloadLock(id));
  };
}
