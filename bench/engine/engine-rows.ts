import type { EngineRate } from '../report/engine-rate.ts';
import { addedLatencyRow, latencyRow } from '../report/latency-row.ts';
import { pairRow } from '../report/pair-row.ts';
import type { Row } from '../report/row.ts';
import { median } from '../statistics/percentile.ts';
import type { EngineCase } from './engine-case.ts';
import { type CaseRuns, pathText } from './measure-case.ts';

const maxGapMs = 2;

/** What one case's runs amount to. */
export function engineRows(one: EngineCase, runs: CaseRuns, { adapter }: { readonly adapter: string }): readonly Row[] {
  const { engine, suffix, goals, backend } = one;
  const { loaded, ours, peer } = runs;
  const where = backend === 'wasm' ? pathText(loaded) : `${pathText(loaded)}, ${adapter}`;
  const peerName = `${peer.title} (${where})`;
  const rateRow = (what: 'prefill' | 'decode', rate: 'promptTokensPerSecond' | 'tokensPerSecond') =>
    pairRow({
      id: `engine.${engine}.${what}${suffix}`,
      unit: 'tokens/s',
      ours: ours.map((run) => run[rate]),
      peers: { [peerName]: 'notRun' in peer.runs ? peer.runs : peer.runs.map((run) => run[rate]) },
      goal: goals[what],
    });
  const rates = [rateRow('decode', 'tokensPerSecond'), rateRow('prefill', 'promptTokensPerSecond')];
  return one.measuresGaps ? [...gapRows(one, runs), ...rates] : rates;
}

/** What each token takes from the engine to its caller. */
function gapRows({ engine }: EngineCase, { ours, bare }: CaseRuns): readonly Row[] {
  const toCaller = ours.flatMap(({ toCallerMs }) => toCallerMs);
  const toPage = ours.flatMap(({ toPageMs }) => toPageMs);
  const bareToCaller = bare.flatMap(({ toCallerMs }) => toCallerMs);
  const added = { unit: 'ms', ours: toCaller, bare: bareToCaller };
  const atMost = { of: 'ours', is: 'at most', value: maxGapMs } as const;
  const whole = { unit: 'ms', fraction: 0.99, peers: { 'bare worker': bareToCaller }, goal: null };
  const id = (name: string) => `engine.${engine}.gap.${name}`;
  return [
    addedLatencyRow({ ...added, id: id('added.p50'), fraction: 0.5, goal: null }),
    addedLatencyRow({ ...added, id: id('added.p99'), fraction: 0.99, goal: atMost }),
    // The whole of it, with what the browser and the system need to wake the page: a caller waits for all of that, so it has the bar too.
    latencyRow({ ...whole, id: id('p50'), fraction: 0.5, ours: toCaller }),
    latencyRow({ ...whole, id: id('p99'), ours: toCaller, goal: atMost }),
    latencyRow({ ...whole, id: id('page.p99'), ours: toPage }),
  ];
}

/** The engine beside the others, in the table of all of them. */
export function engineRate(
  { model }: Pick<EngineCase, 'model'>,
  { loaded: { engine, backend, threads }, ours }: Pick<CaseRuns, 'loaded' | 'ours'>,
  { adapter }: { readonly adapter: string },
): EngineRate {
  return {
    adapter,
    backend,
    engine,
    model,
    threads,
    prefill: median(ours.map(({ promptTokensPerSecond }) => promptTokensPerSecond)),
    decode: median(ours.map(({ tokensPerSecond }) => tokensPerSecond)),
  };
}
