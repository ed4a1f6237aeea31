export interface GateOptions {
  readonly signal: AbortSignal;
  /** Told whenever the work has stopped and waits. */
  readonly onPaused: () => void | Promise<void>;
}

/** Stops work when it is paused, and begins it again when it is resumed. The work goes on from what it had stored. */
export class PauseGate {
  #isPaused = false;
  /** Aborts when the other state begins. */
  #period = new AbortController();

  get isPaused(): boolean {
    return this.#isPaused;
  }

  set(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    const over = this.#period;
    this.#period = new AbortController();
    over.abort();
  }

  /** @throws what the work throws, unless it does because it was stopped here; AbortError when `signal` aborts, paused or not */
  async run<T>(work: (options: { readonly signal: AbortSignal }) => Promise<T>, options: GateOptions): Promise<T> {
    const { signal, onPaused } = options;
    for (;;) {
      const period = this.#period.signal;
      const either = AbortSignal.any([signal, period]);
      if (this.#isPaused) {
        await onPaused();
        await aborted(either);
        signal.throwIfAborted();
        continue;
      }
      try {
        return await work({ signal: either });
      } catch (error) {
        if (signal.aborted || !period.aborted) throw error;
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
