/**
 * Works through the items, `parallel` of them at a time. The first failure aborts what runs, begins nothing more, and is thrown
 * once everything has stopped.
 */
export async function runParallel<T>(
  items: readonly T[],
  work: (item: T, options: { readonly signal: AbortSignal }) => Promise<void>,
  { parallel, signal }: { readonly parallel: number; readonly signal: AbortSignal },
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const rest = items.values();
  const runner = async () => {
    try {
      for (const item of rest) {
        either.throwIfAborted();
        await work(item, { signal: either });
      }
    } catch (error) {
      failed.abort(error);
    }
  };
  await Promise.all(Array.from({ length: parallel }, runner));
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
}
