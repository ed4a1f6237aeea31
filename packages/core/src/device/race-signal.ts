import { abortReason } from '@orilla/contract';

/** Settles as `promise` does, but rejects with the reason of the first signal that aborts before. Leaves no listener behind. */
export function raceSignal<T>(promise: PromiseLike<T>, signals: readonly (AbortSignal | undefined)[]): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cleanups: (() => void)[] = [];
    const settle = (settleWith: () => void) => {
      for (const cleanup of cleanups) cleanup();
      settleWith();
    };
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
    for (const signal of signals) {
      if (!signal) continue;
      const onAbort = () => settle(() => reject(abortReason(signal)));
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      cleanups.push(() => signal.removeEventListener('abort', onAbort));
    }
  });
}
