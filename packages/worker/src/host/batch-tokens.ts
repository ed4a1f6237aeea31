import type { TokenEvent } from '@orilla/contract';

export interface TokenBatch {
  push(event: TokenEvent): void;
  /** Sends what waits now. */
  flush(): void;
}

/**
 * Joins token events that are there at the same time into one message. The first one goes at once, so that joining costs no
 * latency; those that follow within the same task go together at its end.
 */
export function batchTokens(
  send: (events: readonly TokenEvent[]) => void,
  { afterTask = (callback: () => void): unknown => setTimeout(callback, 0) } = {},
): TokenBatch {
  let waiting: TokenEvent[] = [];
  let isTaskRunning = false;
  const flush = () => {
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    send(events);
  };
  return {
    flush,
    push(event) {
      waiting.push(event);
      if (isTaskRunning) return;
      flush();
      isTaskRunning = true;
      afterTask(() => {
        isTaskRunning = false;
        flush();
      });
    },
  };
}
