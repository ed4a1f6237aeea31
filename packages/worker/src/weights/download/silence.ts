import { isOrillaError, OrillaError } from '@orilla/contract';
import type { Network } from '../network/network.ts';
import { Unanswered } from '../network/read-response.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import type { TransferShare } from './transfer-share.ts';

const firstWaitMs = 2_000;
const longestWaitMs = 30_000;
/** Whoever waits for the model wants to know after a while that nothing comes. */
const patienceMs = 180_000;
/** So often in a row a server may answer when it is asked whether it is there, and not when it is asked for the file. */
const maxUnreadable = 2;

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
  #unreadable = 0;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** To be called when something came. */
  end(): void {
    if (this.#sinceMs === null) return;
    this.#sinceMs = null;
    this.#waits = 0;
    this.#unreadable = 0;
    this.#options.meter.enter('download');
  }

  /**
   * Waits, longer each time, until it is worth trying again; not longer than until the browser tells that it is online.
   * @throws the error itself where something did answer, or where somebody has waited for minutes; OrillaError `storage.download-failed` where
   * a server is there and what it sends of the file can't be read; AbortError
   */
  async wait(error: unknown): Promise<void> {
    if (!isOrillaError(error) || !(error.cause instanceof Unanswered)) throw error;
    const { network, share, meter, signal } = this.#options;
    this.#unreadable = (await this.#answersAtAll(error.cause.url)) ? this.#unreadable + 1 : 0;
    if (this.#unreadable >= maxUnreadable) throw unreadable(error.cause);
    this.#sinceMs ??= network.now();
    if (share.priority === 'question' && network.now() - this.#sinceMs >= patienceMs) throw error;
    meter.enter('waiting');
    // By chance up to a half less, so that the clients of a server that comes back don't come all at once.
    const waitMs = Math.min(firstWaitMs * 2 ** this.#waits, longestWaitMs) * (1 - network.random() / 2);
    this.#waits += 1;
    await sleepUntilOnline(waitMs, { network, signal });
  }

  /** A browser tells a compressed range, which it can't decode, as it tells a server that is away. This tells the two apart. */
  async #answersAtAll(url: string): Promise<boolean> {
    const { network, signal } = this.#options;
    try {
      const stall = AbortSignal.timeout(network.stallMs);
      await network.fetch(url, { method: 'HEAD', cache: 'no-store', signal: AbortSignal.any([signal, stall]) });
      return true;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }
}

function unreadable(cause: Unanswered): OrillaError {
  const server = new URL(cause.url).origin;
  return new OrillaError(
    'storage.download-failed',
    `The model can't be downloaded: ${server} is there, but what it sends of the file can't be read.`,
    {
      advice:
        'Tell whoever runs that server: a proxy before it may compress what it sends, which must be switched off for models.',
      cause,
    },
  );
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
