/** Which tokens may come next, so that an answer keeps to a grammar. For one answer. */
export interface TokenMask {
  /**
   * Bit `id % 32` of word `id >> 5` is set for each token that may come next, in ceil(vocabulary / 32) words. `null`: all may.
   * The array is reused by the next call.
   */
  fill(): Int32Array | null;
  /** Moves on behind a token. @throws OrillaError `engine.failed` for one that may not come */
  accept(id: number): void;
  /** The grammar is at its end, and so is the answer. */
  readonly isTerminated: boolean;
  /** Gives the memory back. May be called more than once; nothing else may be called after it. */
  free(): void;
}
