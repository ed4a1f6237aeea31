import { abortReason } from '@orilla/contract';

export interface UntilAbortedOptions<T> {
  readonly signal: AbortSignal;
  /** Takes what comes after all, where it holds something that nobody else would give back. */
  readonly giveBack?: (late: T) => unknown;
}

/** Settles as `work` does, but rejects at once with the signal's reason when that aborts before. Leaves no listener behind. */
export async function untilAborted<T>(work: Promise<T>, { signal, giveBack }: UntilAbortedOptions<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(abortReason(signal));
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } catch (error) {
    // Of what fails after all nobody wants to know any more.
    work.then(giveBack, () => undefined).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
