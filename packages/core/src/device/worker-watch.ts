import { type SilenceWatch, watchSilence } from '@orilla/worker/page';

/** How long the page waits for a worker that tells nothing, in milliseconds. */
export interface Patience {
  /** Of a load, without progress. Default 120,000. */
  readonly loadMs: number;
  /** Of any other call, without a token or a result. Default 60,000. */
  readonly callMs: number;
  /** After that it is asked whether it is there, and has this long to say so. Default 30,000. */
  readonly pingMs: number;
}

export const defaultPatience: Patience = { loadMs: 120_000, callMs: 60_000, pingMs: 30_000 };

export interface WorkerWatchOptions {
  readonly pingMs: number;
  readonly ping: () => PromiseLike<void>;
  /** Ends the worker. */
  readonly die: (why: string) => void;
  /** A hidden page runs its timers as seldom as the browser likes. */
  readonly isVisible: () => boolean;
}

/**
 * Watches over a worker while calls run: when one of them tells nothing for a while, the worker is asked whether it is there, and one that does
 * not answer is ended. A call may be silent as long as it likes while the worker answers: it waits for its turn, or for a download.
 */
export class WorkerWatch {
  readonly #options: WorkerWatchOptions;
  #asking: SilenceWatch | null = null;

  constructor(options: WorkerWatchOptions) {
    this.#options = options;
  }

  /** Begins to watch one call. */
  begin(limitMs: number): SilenceWatch {
    const { isVisible } = this.#options;
    const watch: SilenceWatch = watchSilence({
      limitMs,
      counts: isVisible,
      onSilent: () => this.#ask().then(() => watch.heard()),
    });
    return watch;
  }

  /** Settles when the worker has answered. */
  async #ask(): Promise<void> {
    const { pingMs, ping, die, isVisible } = this.#options;
    if (!this.#asking) {
      const onSilent = () => die('it told nothing any more, and did not answer when it was asked');
      this.#asking = watchSilence({ limitMs: pingMs, counts: isVisible, onSilent });
    }
    try {
      await ping();
    } catch {
      // It ended otherwise: whoever waits for it is told by that.
    } finally {
      this.#asking?.end();
      this.#asking = null;
    }
  }
}

/** A window's own, a worker's or Node's is never hidden. */
export const isPageVisible = (): boolean => globalThis.document?.visibilityState !== 'hidden';
