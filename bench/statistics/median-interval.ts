/** Two ends, the lower first. */
export type Interval = readonly [lo: number, hi: number];

/**
 * An interval that holds the median of where the values come from in at least 95 of 100 runs, whatever their
 * distribution: the ends of what remains when as many values are left out at either end as the binomial distribution
 * allows (the order-statistic interval). Fewer than 6 values cannot say that much: they give their whole range.
 * @throws RangeError where there are no values, or more than 1,000, whose binomial terms vanish in floating point
 */
export function medianInterval(values: readonly number[], { confidence = 0.95 } = {}): Interval {
  if (values.length > 1000) throw new RangeError(`${values.length} values are too many for this interval.`);
  const sorted = [...values].sort((a, b) => a - b);
  const rank = lowerRank(sorted.length, (1 - confidence) / 2);
  const [lo, hi] = [sorted[rank], sorted.at(-1 - rank)];
  if (lo === undefined || hi === undefined) throw new RangeError('There is no interval of no values.');
  return [lo, hi];
}

/** How many values may be left out at either end: the largest k with P(Binomial(n, ½) ≤ k) ≤ tail; 0 where there is none. */
function lowerRank(n: number, tail: number): number {
  // The chance that exactly `rank` values lie below the median; each term follows from the one before.
  let term = 0.5 ** n;
  let sum = term;
  for (let rank = 0; ; rank++) {
    term *= (n - rank) / (rank + 1);
    sum += term;
    if (sum > tail || rank + 1 >= n / 2) return rank;
  }
}
