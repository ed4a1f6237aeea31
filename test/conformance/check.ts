/** @throws Error with these words where it does not hold */
export function holds(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}

/** @throws Error naming both */
export function equal(seen: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)];
  holds(a === b, `${what} is ${a}, and should be ${b}`);
}

/** What a refused request was told. Only OpenAI's own shape counts. @throws Error where it was not refused */
export async function refusal(asked: PromiseLike<unknown>): Promise<{ status: number; code: string; message: string }> {
  try {
    await asked;
  } catch (error) {
    holds(error instanceof Error && 'status' in error && typeof error.status === 'number', `it failed with ${error}`);
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    return { status: error.status, code, message: error.message };
  }
  throw new Error('it was answered, and should be refused');
}

/** How a call ended that was aborted. @throws Error where it ended otherwise */
export async function aborted(call: PromiseLike<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const name = error instanceof Error ? error.constructor.name : '';
    holds(
      name === 'APIUserAbortError' || (error instanceof Error && error.name === 'AbortError'),
      `an abort was told as ${error}`,
    );
    return;
  }
  throw new Error('it went on to its end, though it was aborted');
}
