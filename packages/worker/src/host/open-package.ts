import { abortReason, type Engine, type LoadResult, OrillaError, type PackageRates } from '@orilla/contract';
import { measureRates } from './measure-rates.ts';
import { RequestQueue } from './request-queue.ts';

/** Requests that wait for a turn on this device. More would wait for minutes; whoever asks had better ask elsewhere. */
const maxWaiting = 16;

export interface OpenPackageOptions {
  readonly engine: Engine;
  readonly loaded: LoadResult;
  /** Lets other tabs remove its chunks to make room. */
  readonly release: () => void;
  /** How long after a load that found it open its question may come. */
  readonly askWithinMs: number;
}

/** A package in memory, with those who ask it. */
export class OpenPackage {
  readonly engine: Engine;
  readonly loaded: LoadResult;
  readonly queue: RequestQueue;
  /** Makes room for another package once it has answered: whoever loads it now gets it again after that. */
  isLeaving = false;
  readonly #release: () => void;
  readonly #askWithinMs: number;
  readonly #closing = Promise.withResolvers<void>();
  readonly #measuring = new Set<AbortController>();
  #loadedAtMs = performance.now();

  constructor({ engine, loaded, release, askWithinMs }: OpenPackageOptions) {
    this.engine = engine;
    this.loaded = loaded;
    this.queue = new RequestQueue({ parallel: engine.capabilities.parallelRequests, maxWaiting });
    this.#release = release;
    this.#askWithinMs = askWithinMs;
  }

  /** Somebody was told that it is open, and is about to ask. */
  expect(): void {
    this.#loadedAtMs = performance.now();
  }

  /** A question comes: nobody waits for a measurement. */
  stopMeasuring(): void {
    for (const measuring of this.#measuring) measuring.abort();
  }

  /** @throws OrillaError `engine.busy` where a question came in between, and as `measureRates` does; AbortError */
  async measure(signal: AbortSignal): Promise<PackageRates> {
    const { engine, queue, loaded } = this;
    const stopped = new AbortController();
    const either = AbortSignal.any([signal, stopped.signal]);
    this.#measuring.add(stopped);
    try {
      const endTurn = await queue.takeTurn({ signal: either, priority: 'low' });
      try {
        return await measureRates(engine, { signal: either, backend: loaded.backend });
      } finally {
        endTurn();
      }
    } catch (error) {
      // Who measures has not aborted it.
      if (!stopped.signal.aborted || signal.aborted) throw error;
      throw new OrillaError('engine.busy', 'The measurement was left off: a question came.', {
        advice: 'Measure when nobody asks.',
      });
    } finally {
      this.#measuring.delete(stopped);
    }
  }

  /** Settles once nobody asks it any more, or it is to be closed. @throws AbortError: then it stays as it was */
  async leave(signal: AbortSignal): Promise<void> {
    this.isLeaving = true;
    this.stopMeasuring();
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(abortReason(signal));
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([this.#answered(), this.#closing.promise, aborted.promise]);
    } catch (error) {
      this.isLeaving = false;
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** It is closed in any case: what would take its place need not wait for its answers. */
  stopLeaving(): void {
    this.#closing.resolve();
  }

  async close(): Promise<void> {
    try {
      await this.engine.unload();
    } finally {
      this.#release();
    }
  }

  async #answered(): Promise<void> {
    const leftMs = this.#loadedAtMs + this.#askWithinMs - performance.now();
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    await this.queue.idle();
  }
}
