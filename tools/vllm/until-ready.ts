import { describeEnd, type ProcessEnd, type ProcessGroup } from './process-group.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

export interface UntilReadyOptions {
  /** What the program is called in messages. */
  name: string;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * Waits until a server that was just started answers at `healthUrl`.
 * @throws Error with the program's last lines when it ends before, at once, or when the time is up; the signal's reason
 *   when aborted. The program has been stopped then.
 */
export async function untilReady(
  group: ProcessGroup,
  healthUrl: string,
  { name, timeoutMs, signal }: UntilReadyOptions,
): Promise<void> {
  let end: ProcessEnd | undefined;
  const died = new AbortController();
  const watching = group.ended.then((how) => {
    end = how;
    died.abort();
  });
  const late = AbortSignal.timeout(timeoutMs);
  try {
    await waitUntilHealthy(healthUrl, { signal: AbortSignal.any([died.signal, late, ...(signal ? [signal] : [])]) });
  } catch (error) {
    // Kept as it is now: stopping makes an end of its own.
    const endBefore = end;
    await group.stop({ graceMs: 5000 });
    await watching;
    signal?.throwIfAborted();
    if (!endBefore && !late.aborted) throw error;
    const what = endBefore
      ? `${describeEnd(endBefore)} before it was ready`
      : `was not ready after ${timeoutMs / 1000} s`;
    throw new Error(`${name} ${what}. Its last lines:\n${group.lastLines().join('\n')}`);
  }
}
