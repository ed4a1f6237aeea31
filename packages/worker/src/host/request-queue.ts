import { abortReason, OrillaError } from '@orilla/contract';

export interface RequestQueueOptions {
  /** Requests that run at the same time. */
  readonly parallel: number;
  /** Requests that wait for their turn; one more is refused. */
  readonly maxWaiting: number;
}

/** Lets an engine have as many requests as it can compute at once; the others wait for their turn, first come, first served. */
export class RequestQueue {
  readonly #options: RequestQueueOptions;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(options: RequestQueueOptions) {
    this.#options = options;
  }

  /**
   * Waits for a turn, and gives the function that ends it; calling that again does nothing.
   * @throws OrillaError `engine.failed` where too many wait already; AbortError
   */
  async takeTurn({ signal }: { readonly signal: AbortSignal }): Promise<() => void> {
    signal.throwIfAborted();
    const { parallel, maxWaiting } = this.#options;
    if (this.#running < parallel) this.#running += 1;
    else if (this.#waiting.size < maxWaiting) await this.#wait(signal);
    else
      throw new OrillaError('engine.failed', `${maxWaiting} requests wait for the model on this device already.`, {
        advice: 'Ask again when some of them are answered, or stop one.',
      });
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#passTurnOn();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(go);
        reject(abortReason(signal));
      };
      const go = () => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** The turn goes to who waited longest, so that nobody can slip in between. */
  #passTurnOn(): void {
    const [next] = this.#waiting;
    if (next) next();
    else this.#running -= 1;
  }
}
