/**
 * From the last piece before a loss to the first one after it. Whatever is opened anew takes longer than any step: it is the longest pause.
 * @throws Error where fewer than two pieces came
 */
export function pauseAtSeam(atMs: readonly number[]): number {
  const pauses = atMs.slice(1).map((at, before) => at - (atMs[before] ?? at));
  if (pauses.length === 0) throw new Error('An answer of one piece has no pause to tell.');
  return Math.max(...pauses);
}
