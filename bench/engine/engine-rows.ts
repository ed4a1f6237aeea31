import type { BareRun, OwnRun, Run } from '../engine-page/page-bench.ts';
import { addedLatencyRow, latencyRow } from '../report/latency-row.ts';
import { pairRow } from '../report/pair-row.ts';
import type { Row } from '../report/row.ts';

const maxGapMs = 2;
const minDecodeRatio = 0.95;

/** What was measured in the page, in turn. */
export interface EngineRuns {
  readonly ours: readonly OwnRun[];
  /** wllama in the page. */
  readonly peers: readonly Run[];
  /** wllama in a worker that sends one message a token. */
  readonly bare: readonly BareRun[];
}

/** What the runs amount to. */
export function engineRows(
  { ours, peers, bare }: EngineRuns,
  { peerName }: { readonly peerName: string },
): readonly Row[] {
  const toCaller = ours.flatMap(({ toCallerMs }) => toCallerMs);
  const toPage = ours.flatMap(({ toPageMs }) => toPageMs);
  const bareToCaller = bare.flatMap(({ toCallerMs }) => toCallerMs);
  const added = { unit: 'ms', ours: toCaller, bare: bareToCaller };
  const atMost = { of: 'ours', is: 'at most', value: maxGapMs } as const;
  const whole = { unit: 'ms', fraction: 0.99, peers: { 'bare worker': bareToCaller }, goal: null };
  return [
    addedLatencyRow({ ...added, id: 'engine.llamacpp.gap.added.p50', fraction: 0.5, goal: null }),
    addedLatencyRow({
      ...added,
      id: 'engine.llamacpp.gap.added.p99',
      fraction: 0.99,
      goal: atMost,
    }),
    // The whole of it, with what the browser and the system need to wake the page: a caller waits for all of that, so it has the bar too.
    latencyRow({ ...whole, id: 'engine.llamacpp.gap.p50', fraction: 0.5, ours: toCaller }),
    latencyRow({ ...whole, id: 'engine.llamacpp.gap.p99', ours: toCaller, goal: atMost }),
    latencyRow({ ...whole, id: 'engine.llamacpp.gap.page.p99', ours: toPage }),
    pairRow({
      id: 'engine.llamacpp.decode',
      unit: 'tokens/s',
      ours: ours.map(({ tokensPerSecond }) => tokensPerSecond),
      peers: { [peerName]: peers.map(({ tokensPerSecond }) => tokensPerSecond) },
      goal: { of: 'ratio', is: 'at least', value: minDecodeRatio },
    }),
  ];
}
