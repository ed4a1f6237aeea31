import type { TokenEvent } from '@orilla/contract';

/**
 * Hands on batches of token events to one reader. What waits is bounded by the answer itself, which the context length bounds.
 * Leaving the loop early calls `cancel`.
 */
export async function* tokenStream(
  run: (push: (events: readonly TokenEvent[]) => void) => Promise<unknown>,
  cancel: () => void,
): AsyncGenerator<TokenEvent, void, undefined> {
  const answer: { waiting: TokenEvent[]; isFinished: boolean } = { waiting: [], isFinished: false };
  let wake = Promise.withResolvers<void>();
  const finished = run((events) => {
    answer.waiting.push(...events);
    wake.resolve();
  }).finally(() => {
    answer.isFinished = true;
    wake.resolve();
  });
  // It may fail while the reader is busy with an earlier token; the reader learns of it below, the page need not be told twice.
  finished.catch(() => undefined);
  try {
    for (;;) {
      const batch = answer.waiting;
      answer.waiting = [];
      yield* batch;
      if (answer.waiting.length > 0) continue;
      if (answer.isFinished) break;
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
    await finished;
  } finally {
    if (!answer.isFinished) {
      cancel();
      // The reader left: how the call ends after that concerns nobody.
      await finished.catch(() => undefined);
    }
  }
}
