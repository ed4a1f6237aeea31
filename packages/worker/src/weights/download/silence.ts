import { isOrillaError } from '@orilla/contract';
import type { Network } from '../network/network.ts';
import { Unanswered } from '../network/read-response.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import type { TransferShare } from './transfer-share.ts';

const firstWaitMs = 2_000;
const longestWaitMs = 30_000;
/** Whoever waits for the model wants to know after a while that nothing comes. */
const patienceMs = 180_000;

export interface SilenceOptions {
  readonly network: Network;
  readonly share: Pick<TransferShare, 'priority'>;
  readonly meter: Pick<ProgressMeter, 'enter'>;
  readonly signal: AbortSignal;
}

/** The time in which nothing answers: a train in a tunnel, a laptop that wakes up. A download waits for its end, and need not fail. */
export class Silence {
  readonly #options: SilenceOptions;
  #sinceMs: number | null = null;
  #waits = 0;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** To be called when something came. */
  end(): void {
    if (this.#sinceMs === null) return;
    this.#sinceMs = null;
    this.#waits = 0;
    this.#options.meter.enter('download');
  }

  /**
   * Waits, longer each time, until it is worth trying again; not longer than until the browser tells that it is online.
   * @throws the error itself where something did answer, or where somebody has waited for minutes; AbortError
   */
  async wait(error: unknown): Promise<void> {
    if (!isOrillaError(error) || !(error.cause instanceof Unanswered)) throw error;
    const { network, share, meter, signal } = this.#options;
    this.#sinceMs ??= network.now();
    if (share.priority === 'question' && network.now() - this.#sinceMs >= patienceMs) throw error;
    meter.enter('waiting');
    // By chance up to a half less, so that the clients of a server that comes back don't come all at once.
    const waitMs = Math.min(firstWaitMs * 2 ** this.#waits, longestWaitMs) * (1 - network.random() / 2);
    this.#waits += 1;
    await sleepUntilOnline(waitMs, { network, signal });
  }
}

async function sleepUntilOnline(ms: number, { network, signal }: Pick<SilenceOptions, 'network' | 'signal'>) {
  const online = new AbortController();
  const stopListening = network.onOnline(() => online.abort());
  try {
    await network.sleep(ms, { signal: AbortSignal.any([signal, online.signal]) });
  } catch (error) {
    if (signal.aborted || !online.signal.aborted) throw error;
  } finally {
    stopListening();
  }
}
