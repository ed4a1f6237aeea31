/**
 * Puts texts of these lengths together for one computation each: alike in length, because the shorter ones are padded to the longest,
 * and not more than `mostTokens` with the padding, so that memory does not grow with the request. A longer text goes alone.
 * Gives indexes; each is in one batch.
 */
export function textBatches(
  lengths: readonly number[],
  { mostTokens }: { readonly mostTokens: number },
): readonly (readonly number[])[] {
  const batches: number[][] = [];
  let batch: number[] = [];
  let width = 0;
  for (const index of [...lengths.keys()].sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0))) {
    if (batch.length === 0 || (batch.length + 1) * width > mostTokens) {
      batch = [];
      batches.push(batch);
      width = lengths[index] ?? 0;
    }
    batch.push(index);
  }
  return batches;
}
