import { AddressBook } from '../network/address-book.ts';
import type { Source } from './source.ts';

/** A source that gave other bytes than the manifest names. */
export interface PoisonReport {
  readonly origin: string;
  readonly path: string;
  /** Which of the file's pieces, from 0. */
  readonly chunk: number;
}

export interface LoadSourcesOptions {
  readonly now: () => number;
  readonly onPoison?: (report: PoisonReport) => void;
}

/** How long a source that can't be reached is left alone while another one is there. */
const restMs = 30_000;

export interface SourceFailure {
  readonly url: string;
  /** Begins with the origin, and goes on to people. */
  readonly reason: string;
  readonly isPoison: boolean;
  /** What it was that failed. */
  readonly cause?: unknown;
}

interface Standing extends SourceFailure {
  /** In the time of `now`; infinite where it is not asked again in this load. */
  readonly restsUntilMs: number;
}

/** The sources of one load, and how they fared in it. To be made anew for every load. */
export class LoadSources {
  readonly addresses = new AddressBook();
  readonly #sources: readonly Source[];
  readonly #options: LoadSourcesOptions;
  /** By a file's address. */
  readonly #standings = new Map<string, Standing>();

  constructor(sources: readonly Source[], options: LoadSourcesOptions) {
    this.#sources = sources;
    this.#options = options;
  }

  /** Where to ask for a file, in order: those at rest come last, those set aside not at all. */
  urlsOf(path: string): readonly string[] {
    const nowMs = this.#options.now();
    const restOf = (url: string) => this.#standings.get(url)?.restsUntilMs ?? 0;
    const urls = this.#allUrls(path).filter((url) => restOf(url) !== Number.POSITIVE_INFINITY);
    const isResting = (url: string) => restOf(url) > nowMs;
    return [...urls.filter((url) => !isResting(url)), ...urls.filter(isResting)];
  }

  /** It can't be reached at this time. */
  rest(url: string, reason: string, cause?: unknown): void {
    const restsUntilMs = this.#options.now() + restMs;
    this.#standings.set(url, { url, reason, cause, isPoison: false, restsUntilMs });
  }

  /** It is not asked for this file again. */
  setAside(url: string, reason: string, { isPoison = false }: { readonly isPoison?: boolean } = {}): void {
    this.#standings.set(url, { url, reason, isPoison, restsUntilMs: Number.POSITIVE_INFINITY });
  }

  reportPoison(report: PoisonReport): void {
    this.#options.onPoison?.(report);
  }

  /** What every source of a file that failed said, in order. */
  failuresOf(path: string): readonly SourceFailure[] {
    return this.#allUrls(path).flatMap((url) => this.#standings.get(url) ?? []);
  }

  #allUrls(path: string): readonly string[] {
    return [...new Set(this.#sources.flatMap((source) => source.fileUrl(path) ?? []))];
  }
}
