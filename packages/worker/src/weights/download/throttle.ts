export interface ThrottleOptions {
  readonly intervalMs: number;
  /** Calls back once, later, unless what it gives is called before. */
  readonly after?: (ms: number, callback: () => void) => () => void;
}

export interface Throttle {
  /** Asks for a run: the first at once, what comes within the interval together at its end. */
  ask(): void;
  /** Runs no more. */
  stop(): void;
}

/** Lets something run at most once in an interval, and never leaves the last asking unanswered. */
export function throttle(run: () => void, { intervalMs, after = afterTimeout }: ThrottleOptions): Throttle {
  let cancel: (() => void) | null = null;
  let isAsked = false;
  let isStopped = false;
  const go = () => {
    isAsked = false;
    cancel = after(intervalMs, () => {
      cancel = null;
      if (isAsked) go();
    });
    run();
  };
  return {
    ask() {
      if (isStopped) return;
      isAsked = true;
      if (!cancel) go();
    },
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
}

function afterTimeout(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
