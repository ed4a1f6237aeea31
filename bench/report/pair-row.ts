import { type Interval, medianInterval } from '../statistics/median-interval.ts';
import { median } from '../statistics/percentile.ts';
import { type Goal, hasRun, makeRow, type PeerSamples, type Peers, type Row } from './row.ts';

export interface PairRowInput {
  readonly id: string;
  readonly unit: string;
  /** One figure a pair, in the order of measuring. */
  readonly ours: readonly number[];
  /** The first one is what ours is divided by, pair by pair. */
  readonly peers: Peers;
  readonly goal: Goal;
}

/**
 * A figure measured in interleaved pairs (ours, peer, ours, peer …): the ratio is the median of the pairs' ratios, so that what slows the
 * machine down for a while slows both sides of the pairs it falls into.
 */
export function pairRow({ id, unit, ours, peers, goal }: PairRowInput): Row {
  const ratios = pairRatios(ours, Object.values(peers)[0]);
  const interval: Interval = medianInterval(ratios ?? ours);
  return makeRow(
    { id, unit, ours: median(ours), ratio: ratios ? median(ratios) : null, interval },
    { peers, goal, summarise: median },
  );
}

function pairRatios(ours: readonly number[], peer: PeerSamples | undefined): readonly number[] | null {
  if (!hasRun(peer)) return null;
  if (peer.length !== ours.length) throw new RangeError(`${ours.length} figures can't be paired with ${peer.length}.`);
  return ours.map((figure, pair) => figure / (peer[pair] ?? Number.NaN));
}
