import { bootstrapInterval } from '../statistics/bootstrap-interval.ts';
import { percentile, percentileOfSorted } from '../statistics/percentile.ts';
import { type Goal, hasRun, makeRow, type Peers, type Row } from './row.ts';

export interface LatencyRowInput {
  readonly id: string;
  readonly unit: string;
  /** Which percentile of the latencies, 0…1. */
  readonly fraction: number;
  /** Single latencies. */
  readonly ours: readonly number[];
  readonly peers: Peers;
  readonly goal: Goal;
}

/** A percentile of latencies beside the peers' own. The interval is that of the ratio to the first peer, or of ours without one. */
export function latencyRow({ id, unit, fraction, ours, peers, goal }: LatencyRowInput): Row {
  const first = Object.values(peers)[0];
  const own = percentile(ours, fraction);
  const at = (sorted: Float64Array | undefined) => percentileOfSorted(sorted ?? [], fraction);
  return makeRow(
    {
      id,
      unit,
      ours: own,
      ratio: hasRun(first) ? own / percentile(first, fraction) : null,
      interval: hasRun(first)
        ? bootstrapInterval([ours, first], ([a, b]) => at(a) / at(b))
        : bootstrapInterval([ours], ([a]) => at(a)),
    },
    { peers, goal, summarise: (samples) => percentile(samples, fraction) },
  );
}

/** What ours adds to the latency of a bare loop: the difference of the two percentiles, with its interval. */
export function addedLatencyRow({
  id,
  unit,
  fraction,
  ours,
  bare,
  goal,
}: Omit<LatencyRowInput, 'peers'> & { readonly bare: readonly number[] }): Row {
  const at = (sorted: Float64Array | undefined) => percentileOfSorted(sorted ?? [], fraction);
  return makeRow(
    {
      id,
      unit,
      ours: percentile(ours, fraction) - percentile(bare, fraction),
      ratio: null,
      interval: bootstrapInterval([ours, bare], ([a, b]) => at(a) - at(b)),
    },
    { peers: {}, goal, summarise: Number },
  );
}
