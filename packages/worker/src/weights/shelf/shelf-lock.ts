import { OneAtATime } from '../../one-at-a-time.ts';

/** Held, in whichever tab, while it is changed what belongs to which package. */
const lockName = 'orilla-shelf';

/**
 * Changes of the shelf run one after the other, in all tabs, so that a chunk that one package takes as given is not removed with another.
 * Where the browser has no locks this tab's changes at least do.
 */
export class ShelfLock {
  readonly #locks: Pick<LockManager, 'request'> | null;
  readonly #turns = new OneAtATime();

  constructor(locks: Pick<LockManager, 'request'> | null) {
    this.#locks = locks;
  }

  /** Raises what `work` raises. Work must not ask for the lock again. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    return this.#locks ? this.#locks.request(lockName, work) : this.#turns.run(work);
  }
}
