/** Held, in whichever tab, while it is changed what belongs to which package. */
const lockName = 'orilla-shelf';

/**
 * Changes of the shelf run one after the other, in all tabs, so that a chunk that one package takes as given is not removed with another.
 * Where the browser has no locks this tab's changes at least do.
 */
export class ShelfLock {
  readonly #locks: Pick<LockManager, 'request'> | null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(locks: Pick<LockManager, 'request'> | null) {
    this.#locks = locks;
  }

  /** Raises what `work` raises. Work must not ask for the lock again. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.#locks) return this.#locks.request(lockName, work);
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined); // whoever asked is told; the next change goes on
    return done;
  }
}
