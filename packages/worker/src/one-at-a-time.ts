/** Runs works one after the other, in the order in which they were asked for; one that fails keeps nothing from running after it. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** Raises what `work` raises. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined); // whoever asked is told; the next one goes on
    return done;
  }
}
