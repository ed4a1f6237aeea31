export interface SilenceOptions {
  readonly limitMs: number;
  /** Told once, and again after something was heard in between. */
  readonly onSilent: () => void;
  /** Whether time counts at present; always, by default. */
  readonly counts?: (() => boolean) | undefined;
  readonly now?: (() => number) | undefined;
}

export interface SilenceWatch {
  heard(): void;
  end(): void;
}

const longestTickMs = 5_000;
const ticksPerLimit = 10;

/**
 * Tells when nothing was heard for a while. Only time in which timers run counts: a tab that the browser froze, or a machine that slept,
 * has not been silent. That is seen by a tick that comes much too late, of which no more than two intervals are counted.
 */
export function watchSilence({
  limitMs,
  onSilent,
  counts,
  now = () => performance.now(),
}: SilenceOptions): SilenceWatch {
  const tickMs = Math.min(longestTickMs, limitMs / ticksPerLimit);
  let silentMs = 0;
  let lastMs = now();
  const tick = () => {
    const nowMs = now();
    const passedMs = Math.min(nowMs - lastMs, 2 * tickMs);
    lastMs = nowMs;
    if (silentMs >= limitMs || counts?.() === false) return;
    silentMs += passedMs;
    if (silentMs >= limitMs) onSilent();
  };
  const timer = setInterval(tick, tickMs);
  return {
    heard() {
      silentMs = 0;
    },
    end: () => clearInterval(timer),
  };
}
