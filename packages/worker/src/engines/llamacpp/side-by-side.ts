import { abortReason } from '@orilla/contract';

interface Waiting {
  readonly isAlone: boolean;
  readonly go: () => void;
}

/** Lets requests run side by side, except those that run alone, because if one fails, it takes others down with it. First come, first served. */
export class SideBySide {
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #isOneAlone = false;

  /** Waits until it may run, and gives the function that says that it has, to be called once. @throws AbortError */
  async enter({ isAlone, signal }: { readonly isAlone: boolean; readonly signal: AbortSignal }): Promise<() => void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(abortReason(signal));
        // Those behind it may have waited for nothing else.
        this.#letIn();
      };
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const turn = { isAlone, go };
      this.#waiting.push(turn);
      signal.addEventListener('abort', leave, { once: true });
      this.#letIn();
    });
    return () => {
      this.#running -= 1;
      this.#isOneAlone = false;
      this.#letIn();
    };
  }

  #letIn(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#isOneAlone || (next.isAlone && this.#running > 0)) return;
      this.#waiting.shift();
      this.#running += 1;
      this.#isOneAlone = next.isAlone;
      next.go();
    }
  }
}
