export interface TimeLimit {
  /** As `now` counts. */
  readonly endMs: number;
  readonly now: () => number;
}

/** A limit that ends so many milliseconds from now. */
export function timeLimit(ms: number, { now = () => performance.now() } = {}): TimeLimit {
  return { endMs: now() + ms, now };
}

/**
 * Numbers of runs from 0: as many as there should be, fewer where the time is over before. A slow machine measures less often, and not for
 * hours; `least` of them are always run.
 */
export function* runsInTime(count: number, { endMs, now }: TimeLimit, { least = 1 } = {}): Generator<number> {
  for (let run = 0; run < count; run++) {
    if (run >= least && now() >= endMs) return;
    yield run;
  }
}
