import { isAbortError, isOrillaError } from '@orilla/contract';

/** How long nobody may have asked anything before the device is measured. */
const defaultIdleMs = 3_000;

export interface CalibrationOptions {
  /** Measures a loaded package, or gives what was measured before. */
  readonly measure: (packageId: string, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  /** Called when there are rates that there may not have been before. */
  readonly onMeasured: () => void;
  readonly idleMs?: number | undefined;
}

/**
 * Measures what was loaded once the page has asked nothing for a while. Work that begins meanwhile ends the measuring, which is begun anew
 * after it: nobody waits for a measurement. One that fails is not tried again before the next load.
 */
export class Calibration {
  readonly #options: CalibrationOptions;
  #wanted: string | null = null;
  #works = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | null = null;

  constructor(options: CalibrationOptions) {
    this.#options = options;
  }

  /** This package is in memory now, and another one no more. */
  want(packageId: string): void {
    this.#wanted = packageId;
    this.#wait();
  }

  /** The page needs the engine; gives what ends that. */
  begin(): () => void {
    this.#works++;
    clearTimeout(this.#timer);
    this.#running?.abort();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#works--;
      this.#wait();
    };
  }

  /** Nothing is in memory any more, or the client is closed. */
  forget(): void {
    this.#wanted = null;
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#works > 0 || this.#wanted === null) return;
    const packageId = this.#wanted;
    this.#timer = setTimeout(() => void this.#measure(packageId), this.#options.idleMs ?? defaultIdleMs);
  }

  /** Never rejects. */
  async #measure(packageId: string): Promise<void> {
    if (this.#running) return;
    const running = new AbortController();
    this.#running = running;
    let isAgain = false;
    try {
      await this.#options.measure(packageId, { signal: running.signal });
      this.#options.onMeasured();
    } catch (error) {
      // Another tab may ask the engine too.
      isAgain = isAbortError(error) || (isOrillaError(error) && error.code === 'engine.busy');
    } finally {
      this.#running = null;
    }
    if (!isAgain && this.#wanted === packageId) this.#wanted = null;
    this.#wait();
  }
}
