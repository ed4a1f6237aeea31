import type { LoadProgress } from '@orilla/contract';

/** Speed is taken over this long, so that it follows the connection without jumping. */
const windowMs = 5_000;
/** A page needs no more than ten figures a second. */
const intervalMs = 100;

export interface ProgressMeterOptions {
  readonly now: () => number;
  readonly report: (progress: LoadProgress) => void;
}

/** Counts what a load fetches and stores, and reports it at most ten times a second. */
export class ProgressMeter {
  readonly #options: ProgressMeterOptions;
  /** Joined by interval, so that there are never more than a window holds. */
  readonly #arrivals: { readonly atMs: number; bytes: number }[] = [];
  #phase: LoadProgress['phase'] = 'manifest';
  #storedBytes = 0;
  #totalBytes = 0;
  #fetchedBytes = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ProgressMeterOptions) {
    this.#options = options;
  }

  get fetchedBytes(): number {
    return this.#fetchedBytes;
  }

  /** Still to be stored. */
  get leftBytes(): number {
    return this.#totalBytes - this.#storedBytes;
  }

  enter(
    phase: LoadProgress['phase'],
    figures: { readonly storedBytes?: number; readonly totalBytes?: number } = {},
  ): void {
    this.#phase = phase;
    this.#storedBytes = figures.storedBytes ?? this.#storedBytes;
    this.#totalBytes = figures.totalBytes ?? this.#totalBytes;
    // While nothing is fetched there is no speed, and when it goes on, what came before says little of it.
    if (phase === 'waiting' || phase === 'paused') this.#arrivals.length = 0;
    this.#report();
  }

  fetched(bytes: number): void {
    const atMs = this.#options.now();
    this.#fetchedBytes += bytes;
    const last = this.#arrivals.at(-1);
    if (last && atMs - last.atMs < intervalMs) last.bytes += bytes;
    else this.#arrivals.push({ atMs, bytes });
    if (atMs - this.#reportedAtMs >= intervalMs) this.#report();
  }

  stored(bytes: number): void {
    this.#storedBytes += bytes;
    this.#report();
  }

  #report(): void {
    const nowMs = this.#options.now();
    this.#reportedAtMs = nowMs;
    const bytesPerSecond = this.#speed(nowMs);
    this.#options.report({
      phase: this.#phase,
      storedBytes: this.#storedBytes,
      totalBytes: this.#totalBytes,
      fetchedBytes: this.#fetchedBytes,
      bytesPerSecond,
      secondsLeft: this.#phase === 'download' && bytesPerSecond > 0 ? this.leftBytes / bytesPerSecond : null,
    });
  }

  #speed(nowMs: number): number {
    while (this.#arrivals[0] && this.#arrivals[0].atMs < nowMs - windowMs) this.#arrivals.shift();
    const [first] = this.#arrivals;
    if (!first) return 0;
    const bytes = this.#arrivals.reduce((total, arrival) => total + arrival.bytes, 0);
    // How long the first of them took is not known; a span shorter than an interval would make too much of it.
    return Math.round((bytes / Math.max(nowMs - first.atMs, intervalMs)) * 1000);
  }
}
