import type { OwnRun, Run } from '../engine-page/page-bench.ts';
import { latencyRow } from '../report/latency-row.ts';
import { pairRow } from '../report/pair-row.ts';
import type { Row } from '../report/row.ts';

const maxGapMs = 2;
const minDecodeRatio = 0.95;

/** What the runs in the page amount to. `ours` and `peers` were measured in turn. */
export function engineRows({
  ours,
  peers,
  peerName,
}: {
  readonly ours: readonly OwnRun[];
  readonly peers: readonly Run[];
  readonly peerName: string;
}): readonly Row[] {
  const gap = { unit: 'ms', peers: {} };
  const toCaller = ours.flatMap(({ toCallerMs }) => toCallerMs);
  const toPage = ours.flatMap(({ toPageMs }) => toPageMs);
  return [
    latencyRow({ ...gap, id: 'engine.llamacpp.gap.added.p50', fraction: 0.5, ours: toCaller, goal: null }),
    latencyRow({
      ...gap,
      id: 'engine.llamacpp.gap.added.p99',
      fraction: 0.99,
      ours: toCaller,
      goal: { of: 'ours', is: 'at most', value: maxGapMs },
    }),
    // The part of it that lies between the engine's worker and the page.
    latencyRow({ ...gap, id: 'engine.llamacpp.gap.page.p99', fraction: 0.99, ours: toPage, goal: null }),
    pairRow({
      id: 'engine.llamacpp.decode',
      unit: 'tokens/s',
      ours: ours.map(({ tokensPerSecond }) => tokensPerSecond),
      peers: { [peerName]: peers.map(({ tokensPerSecond }) => tokensPerSecond) },
      goal: { of: 'ratio', is: 'at least', value: minDecodeRatio },
    }),
  ];
}
