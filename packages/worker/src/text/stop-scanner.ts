/**
 * Finds the first stop string in a text that comes in pieces. First is the one that is complete first; of several that are complete at
 * the same place, the longest.
 */
export class StopScanner {
  readonly #stops: readonly string[];
  readonly #longest: number;
  /** As much of the end as a stop string may reach back into. */
  #tail = '';
  #length = 0;

  /** Empty strings stop nothing. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
    this.#longest = Math.max(0, ...this.#stops.map(({ length }) => length));
  }

  /** @returns where the first stop string begins in all that was pushed, in UTF-16 units; `null` while there is none */
  push(text: string): number | null {
    if (this.#longest === 0) return null;
    for (let at = 0; at < text.length; at += 1) {
      this.#tail = (this.#tail + text.charAt(at)).slice(-this.#longest);
      this.#length += 1;
      const found = this.#stops.filter((stop) => this.#tail.endsWith(stop));
      if (found.length > 0) return this.#length - Math.max(...found.map(({ length }) => length));
    }
    return null;
  }

  /** How many units at the end may be the beginning of a stop string. */
  get held(): number {
    for (let held = Math.min(this.#tail.length, this.#longest - 1); held > 0; held -= 1) {
      const end = this.#tail.slice(-held);
      if (this.#stops.some((stop) => stop.length > held && stop.startsWith(end))) return held;
    }
    return 0;
  }
}
