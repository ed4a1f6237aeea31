import { abortReason, OrillaError } from '@orilla/contract';

/** A bounded number of places, and a bounded line of those who wait for some. */
export interface Slots {
  /**
   * Resolves with a release function once `count` places are free at the same time, in the order of asking.
   * Release may be called more than once. `count` is at most the number of places.
   * @throws OrillaError `relay.overloaded` at once, where the line is full; AbortError
   */
  acquire(options: { readonly count?: number; readonly signal: AbortSignal }): Promise<() => void>;
  readonly busy: number;
  readonly waiting: number;
}

interface Waiting {
  readonly count: number;
  readonly enter: () => void;
}

export function createSlots({ places, line }: { readonly places: number; readonly line: number }): Slots {
  const queue: Waiting[] = [];
  let busy = 0;

  /** Only the first in line is looked at: one who needs many places would otherwise wait for ever. */
  const admit = () => {
    for (let first = queue[0]; first && busy + first.count <= places; first = queue[0]) {
      queue.shift();
      busy += first.count;
      first.enter();
    }
  };
  const take = (count: number) => {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      busy -= count;
      admit();
    };
  };

  return {
    async acquire({ count = 1, signal }) {
      signal.throwIfAborted();
      if (queue.length === 0 && busy + count <= places) {
        busy += count;
        return take(count);
      }
      if (queue.length >= line) throw overloaded();
      await new Promise<void>((resolve, reject) => {
        const waiting: Waiting = {
          count,
          enter: () => {
            signal.removeEventListener('abort', leave);
            resolve();
          },
        };
        const leave = () => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(abortReason(signal));
          admit();
        };
        queue.push(waiting);
        signal.addEventListener('abort', leave, { once: true });
      });
      return take(count);
    },
    get busy() {
      return busy;
    },
    get waiting() {
      return queue.length;
    },
  };
}

function overloaded(): OrillaError {
  return new OrillaError(
    'relay.overloaded',
    'The embedded upstream is busy, and as many requests wait already as may.',
    {
      advice: 'Try again in a moment.',
    },
  );
}
