import { abortReason } from '@orilla/contract';

export interface JoinOptions<Progress> {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** One piece of work that several callers wait for. It is aborted when the last of them has left. */
export class SharedWork<Result, Progress> {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<(progress: Progress) => void>();
  readonly #result: Promise<Result>;
  readonly #ended = Promise.withResolvers<never>();
  #last: { readonly progress: Progress } | null = null;

  constructor(work: (options: JoinOptions<Progress>) => Promise<Result>) {
    const onProgress = (progress: Progress) => {
      this.#last = { progress };
      for (const listener of this.#listeners) listener(progress);
    };
    this.#result = work({ signal: this.#controller.signal, onProgress });
    this.#result.catch(() => undefined); // each caller is told by `join`; there may be none left
    this.#ended.promise.catch(() => undefined); // as above
  }

  /** Left by everybody: it ends without a result, and cannot be joined any more. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Ends the work for everybody: who joined is told the reason at once, who calls this when it has stopped. */
  async end(reason: Error): Promise<void> {
    this.#ended.reject(reason);
    this.#controller.abort();
    await this.#result.catch(() => undefined); // each caller is told by `join`
  }

  /** Waits for the result. A caller that comes later is told at once how far it is. */
  async join({ signal, onProgress }: JoinOptions<Progress>): Promise<Result> {
    signal.throwIfAborted();
    const listener = (progress: Progress) => onProgress(progress);
    this.#listeners.add(listener);
    if (this.#last) onProgress(this.#last.progress);
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(abortReason(signal));
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.#result, left.promise, this.#ended.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      this.#listeners.delete(listener);
      // After its end this does nothing.
      if (this.#listeners.size === 0) this.#controller.abort();
    }
  }
}
