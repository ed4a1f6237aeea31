import type { DownloadPriority } from '@orilla/contract';
import type { TransferSlot, TransferSlots } from '../network/transfer-slots.ts';

export interface TransferShareOptions {
  readonly slots: TransferSlots;
  readonly priority: DownloadPriority;
  /** Told when nothing of this download runs because others go first, and when something runs again. */
  readonly onWaiting: (isWaiting: boolean) => void;
}

/** One download's part in the transfers of the worker. It becomes more urgent when somebody comes who waits for it. */
export class TransferShare {
  readonly #options: TransferShareOptions;
  readonly #raised = new AbortController();
  #running = 0;
  #isWaiting = false;

  constructor(options: TransferShareOptions) {
    this.#options = options;
  }

  get priority(): DownloadPriority {
    return this.#raised.signal.aborted ? 'question' : this.#options.priority;
  }

  raise(priority: DownloadPriority): void {
    if (priority === 'question') this.#raised.abort();
  }

  /** Does the work when there is a slot for it; it gives back how many bytes came. @throws AbortError, and what the work throws */
  async transfer<T>(
    work: (slot: TransferSlot) => Promise<T>,
    { signal, bytes }: { readonly signal: AbortSignal; readonly bytes: () => number },
  ): Promise<T> {
    const slot = await this.#take(signal);
    this.#running += 1;
    this.#setWaiting(false);
    try {
      return await work(slot);
    } finally {
      this.#running -= 1;
      slot.release(bytes());
    }
  }

  async #take(signal: AbortSignal): Promise<TransferSlot> {
    // A slot that is free is given at once, long before this.
    const timer = setTimeout(() => this.#setWaiting(this.#running === 0), 0);
    try {
      for (;;) {
        const priority = this.priority;
        const either = priority === 'background' ? AbortSignal.any([signal, this.#raised.signal]) : signal;
        try {
          return await this.#options.slots.take({ priority, signal: either });
        } catch (error) {
          // Only what has become more urgent meanwhile asks again, and goes before others then.
          if (signal.aborted || priority === this.priority) throw error;
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #setWaiting(isWaiting: boolean): void {
    if (isWaiting === this.#isWaiting) return;
    this.#isWaiting = isWaiting;
    this.#options.onWaiting(isWaiting);
  }
}
