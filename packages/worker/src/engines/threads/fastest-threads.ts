import { measureThreads } from './measure-threads.ts';

export interface ThreadDevice {
  /** Without isolation memory can't be shared, and there is one thread. */
  readonly crossOriginIsolated: boolean;
  readonly processors: number;
}

/** How long the same work took with so many threads, in milliseconds. */
export interface ThreadTime {
  readonly threads: number;
  readonly ms: number;
}

export interface FastestThreadsOptions {
  /** Rejects where threads can't be started. */
  readonly measure?: (candidates: readonly number[]) => Promise<readonly ThreadTime[]>;
}

/** More than four gain nothing for the models that fit a page, which needs the rest. */
const maxThreads = 4;
/** Another thread that saves less takes a core from everything else for nothing. */
const worthIt = 0.9;

/**
 * Threads for what is computed on the CPU, of which each waits for the slowest: beside other work that keeps the cores busy they are many
 * times slower than one alone, and nothing but a measurement tells. It takes about a tenth of a second.
 */
export async function fastestThreads(
  { crossOriginIsolated, processors }: ThreadDevice,
  { measure = measureThreads }: FastestThreadsOptions = {},
): Promise<number> {
  const most = crossOriginIsolated ? Math.min(processors, maxThreads) : 1;
  if (!(most > 1)) return 1;
  const candidates = [...new Set([1, 2, most])];
  // Engines start their threads as this does; where it can't, they can't.
  const times = await measure(candidates).catch(() => []);
  let fastest: ThreadTime | null = null;
  for (const time of times) if (!fastest || time.ms < fastest.ms * worthIt) fastest = time;
  return fastest?.threads ?? 1;
}
