const MiB = 1024 ** 2;

/** Steps get half as large with each refusal, down to this: what is learned is exact to about as much. */
const leastStepBytes = 16 * MiB;

/** Takes memory of one backend, to see whether there is any. */
export interface Allocator {
  /** Takes this much more; `false` where it is refused. */
  allocate(bytes: number): Promise<boolean>;
  /** Gives everything back at once. */
  free(): void;
}

export interface LearnOptions {
  /** No more than this is ever taken, and so no more is promised. */
  readonly ceilingBytes: number;
  readonly stepBytes?: number;
  /** A device that takes this long has memory that is slow to be had: nothing is learned, and nothing kept from its work. */
  readonly timeLimitMs?: number;
  readonly now?: () => number;
}

/**
 * Learns how much memory there is by taking it, step by step, and giving all of it back: the bytes that could be had at the same time, or
 * `null` where time was up before that was known. Nothing is written into it.
 */
export async function learnMemory(
  allocator: Allocator,
  { ceilingBytes, stepBytes = 256 * MiB, timeLimitMs = 2_000, now = () => performance.now() }: LearnOptions,
): Promise<number | null> {
  const endMs = now() + timeLimitMs;
  let taken = 0;
  try {
    for (let step = stepBytes; step >= leastStepBytes && taken < ceilingBytes; ) {
      if (now() > endMs) return null;
      const bytes = Math.min(step, ceilingBytes - taken);
      if (await allocator.allocate(bytes)) taken += bytes;
      else step = bytes / 2;
    }
    return taken;
  } finally {
    allocator.free();
  }
}
