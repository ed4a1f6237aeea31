/**
 * Turns a function that calls back into a stream of what it was called with. What waits is bounded by the answer itself,
 * which the context length bounds. Leaving the loop early calls `stop`; either way the loop ends when the function has.
 */
export async function* streamOfCallbacks<T>(
  run: (push: (item: T) => void) => Promise<unknown>,
  stop: () => void,
): AsyncGenerator<T, void, undefined> {
  const items: T[] = [];
  let isFinished = false;
  let wake = Promise.withResolvers<void>();
  const finished = run((item) => {
    items.push(item);
    wake.resolve();
  }).finally(() => {
    isFinished = true;
    wake.resolve();
  });
  // It may fail while the reader is busy with an earlier item, and is told of it below: until then nobody else need be.
  finished.catch(() => undefined);
  try {
    for (;;) {
      const item = items.shift();
      if (item !== undefined) {
        yield item;
        continue;
      }
      if (isFinished) break;
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
    await finished;
  } finally {
    if (!isFinished) {
      stop();
      // The reader left: how it ends after that concerns nobody, only that it has.
      await finished.catch(() => undefined);
    }
  }
}
