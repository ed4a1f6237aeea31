import type { Interval } from './median-interval.ts';
import { percentileOfSorted } from './percentile.ts';
import { seededRandom } from './seeded-random.ts';

export interface BootstrapOptions {
  readonly confidence?: number;
  readonly resamples?: number;
  /** The same samples give the same interval in every run. */
  readonly random?: () => number;
}

/** Samples in ascending order. */
type Statistic = (samples: readonly Float64Array[]) => number;

/**
 * The interval of a figure that is computed from independent samples (a percentile, a difference of two): what 95 of 100 figures fall into
 * when each sample is drawn again from itself, with repetition (the percentile bootstrap).
 * @param statistic gets each resample in ascending order
 * @throws RangeError where a sample is empty
 */
export function bootstrapInterval(
  samples: readonly (readonly number[])[],
  statistic: Statistic,
  { confidence = 0.95, resamples = 1000, random = seededRandom(1) }: BootstrapOptions = {},
): Interval {
  const sources = samples.map((sample) => Float64Array.from(sample).sort());
  if (sources.some((sample) => sample.length === 0)) throw new RangeError('There is no interval of an empty sample.');
  const figures = Array.from({ length: resamples }, () =>
    statistic(sources.map((source) => resample(source, random))),
  ).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return [percentileOfSorted(figures, tail), percentileOfSorted(figures, 1 - tail)];
}

function resample(source: Float64Array, random: () => number): Float64Array {
  return source.map(() => source[Math.floor(random() * source.length)] ?? Number.NaN).sort();
}
