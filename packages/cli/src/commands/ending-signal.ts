/** One ^C reaches a process twice where npm or npx started it: from the terminal, and passed on by npm. */
const sameRequestMs = 1_000;

export interface EndingOptions {
  /** Where requests to end come from, and how to end at once. */
  readonly process?: Pick<NodeJS.Process, 'on' | 'exit'>;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}

/** A signal that aborts when the process is told to end. Who asks again, after a second, does not want to wait any longer. */
export function endingSignal({
  process = globalThis.process,
  now = performance.now.bind(performance),
}: EndingOptions = {}): AbortSignal {
  const ending = new AbortController();
  let firstMs = 0;
  const onRequest = () => {
    if (!ending.signal.aborted) {
      firstMs = now();
      ending.abort();
    } else if (now() - firstMs > sameRequestMs) process.exit(130);
  };
  for (const request of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(request, onRequest);
  return ending.signal;
}
