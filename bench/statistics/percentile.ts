/**
 * The value below which `fraction` (0…1) of the values lie, interpolated between the two nearest; `percentile(values, 0.5)` is the median.
 * @throws RangeError where there are no values
 */
export function percentile(values: readonly number[], fraction: number): number {
  return percentileOfSorted(
    [...values].sort((a, b) => a - b),
    fraction,
  );
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** As `percentile`, for values that stand in ascending order already. */
export function percentileOfSorted(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) throw new RangeError('There is no percentile of no values.');
  const at = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
