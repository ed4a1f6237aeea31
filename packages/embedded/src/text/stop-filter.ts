/** Watches a text that comes in pieces for stop strings, also where one is spread over several pieces. */
export interface StopFilter {
  /** Takes the next piece; gives what can be shown now. After `stopped` is true nothing more is shown. */
  push(piece: string): string;
  /** What was held back because it might have become a stop string. To be called once, at the end. */
  flush(): string;
  readonly stopped: boolean;
}

/** A filter for these stop strings; none of them is ever shown. Empty strings are not allowed. */
export function createStopFilter(stops: readonly string[]): StopFilter {
  let held = '';
  let stopped = false;
  return {
    push(piece) {
      if (stopped) return '';
      held += piece;
      const at = firstIndexOf(held, stops);
      if (at >= 0) {
        stopped = true;
        const shown = held.slice(0, at);
        held = '';
        return shown;
      }
      const keep = longestBeginning(held, stops);
      const shown = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return shown;
    },
    flush() {
      const rest = held;
      held = '';
      return rest;
    },
    get stopped() {
      return stopped;
    },
  };
}

/**
 * Where the stop string begins that is complete first, or -1. Not the one that begins first: a longer one around it may still be
 * incomplete when the text comes in pieces, and the same text must end at the same place however it comes.
 */
function firstIndexOf(text: string, stops: readonly string[]): number {
  const found = stops
    .map((stop) => ({ start: text.indexOf(stop), length: stop.length }))
    .filter(({ start }) => start >= 0)
    .toSorted((a, b) => a.start + a.length - (b.start + b.length) || a.start - b.start);
  return found[0]?.start ?? -1;
}

/** How many characters at the end of the text may be the beginning of a stop string. */
function longestBeginning(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
