import { type DownloadPriority, isOrillaError } from '@orilla/contract';
import type { TransferSlot, TransferSlots } from '../network/transfer-slots.ts';

export interface TransferShareOptions {
  readonly slots: Pick<TransferSlots, 'take' | 'turnAway'>;
  readonly priority: DownloadPriority;
  /** Told when nothing of this download runs because others go first, and when something runs again. */
  readonly onWaiting: (isWaiting: boolean) => void;
}

/** What a transfer has in hand. */
export interface Transfer {
  /** To be told whenever the connection broke or the server was overloaded, also where it is tried again. */
  interrupted(): void;
  /** Lets others go on while nothing is transferred. Goes on itself when it is its turn again. @throws AbortError, and what `pause` throws */
  rest(pause: () => Promise<void>): Promise<void>;
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
    work: (transfer: Transfer) => Promise<T>,
    { signal, bytes }: { readonly signal: AbortSignal; readonly bytes: () => number },
  ): Promise<T> {
    let slot = await this.#begin(signal);
    let toldBytes = 0;
    const release = () => {
      this.#running -= 1;
      slot.release(bytes() - toldBytes);
      toldBytes = bytes();
    };
    let isResting = false;
    const rest = async (pause: () => Promise<void>) => {
      release();
      isResting = true;
      await pause();
      slot = await this.#begin(signal);
      isResting = false;
    };
    try {
      return await work({ interrupted: () => slot.interrupted(), rest });
    } catch (error) {
      // The storage is full for every download, and each would fetch what it then can't keep to learn that.
      if (isOrillaError(error) && error.code === 'storage.quota-exceeded') this.#options.slots.turnAway(error);
      throw error;
    } finally {
      if (!isResting) release();
    }
  }

  async #begin(signal: AbortSignal): Promise<TransferSlot> {
    const slot = await this.#take(signal);
    this.#running += 1;
    this.#setWaiting(false);
    return slot;
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
