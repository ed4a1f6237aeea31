export type ChoiceStep<T, R> =
  | { readonly choice: number; readonly value: T }
  | { readonly choice: number; readonly end: R };

/**
 * Joins the answers to one request as they come, up to `most` of them side by side; another begins where one ends. Leaving it, or a
 * failure of one, ends them all; it is over when all have stopped.
 */
export async function* mergeChoices<T, R>(
  answers: readonly AsyncGenerator<T, R, undefined>[],
  { most }: { readonly most: number },
): AsyncGenerator<ChoiceStep<T, R>, void, undefined> {
  const asked = new Map<number, Promise<{ readonly choice: number; readonly result: IteratorResult<T, R> }>>();
  const ask = (choice: number, answer: AsyncGenerator<T, R, undefined>) => {
    const next = answer.next().then((result) => ({ choice, result }));
    next.catch(() => undefined); // told by the race, or of no interest any more
    // To the end of the line: of several that are ready, the one that waited longest goes first.
    asked.delete(choice);
    asked.set(choice, next);
  };
  try {
    const waiting = [...answers.entries()];
    for (const [choice, answer] of waiting.splice(0, most)) ask(choice, answer);
    while (asked.size > 0) {
      const { choice, result } = await Promise.race(asked.values());
      if (result.done) {
        asked.delete(choice);
        yield { choice, end: result.value };
        for (const [next, answer] of waiting.splice(0, 1)) ask(next, answer);
        continue;
      }
      yield { choice, value: result.value };
      const answer = answers[choice];
      if (answer) ask(choice, answer);
    }
  } finally {
    // A generator's `return` waits for the step that it is in. What it needs for its end it is given by nobody: nobody looks at it.
    await Promise.allSettled(answers.map((answer) => answer.return(undefined as R)));
  }
}
