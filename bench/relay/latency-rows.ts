import type { BenchOptions } from '../command/bench-options.ts';
import { type BenchChild, startChild } from '../process/bench-child.ts';
import { addedLatencyRow, latencyRow } from '../report/latency-row.ts';
import type { Peers, Row } from '../report/row.ts';
import type { FoundNginx } from './nginx/find-nginx.ts';
import { type Contenders, peerNames, runningContenders, startContenders } from './start-contenders.ts';
import type { StreamLatencies, StreamQuestion } from './streams/measure-streams.ts';

/** Answers streamed through each contender for one pair. */
const firstTokensPerPair = 100;
const abortsPerPair = 50;

/** A model server must stop computing soon after its reader left. */
const maxAbortMs = 50;

const percentiles = { p50: 0.5, p99: 0.99 } as const;

type StreamsChild = BenchChild<{ readonly origin: string }, StreamQuestion, StreamLatencies>;

/** `relay.ttft.*`: time to the first token of a streamed answer. `relay.abort.*`: from the client's leaving until the upstream's socket closes. */
export async function latencyRows(nginx: FoundNginx, { pairs, signal }: BenchOptions): Promise<readonly Row[]> {
  await using open = new AsyncDisposableStack();
  const streams: StreamsChild = open.use(await startChild(new URL('./streams/main.ts', import.meta.url), { signal }));
  const contenders = open.use(await startContenders(streams.ready.origin, nginx, { signal }));
  const targets = Object.fromEntries(
    Object.entries(runningContenders(contenders)).map(([name, { origin, headers }]) => [name, { origin, headers }]),
  );
  const measure = (what: StreamQuestion['measure'], rounds: number) =>
    streams.ask({ measure: what, targets, rounds }, signal ? { signal } : {});
  const firstTokens = await measure('first-token', pairs * firstTokensPerPair);
  const aborts = await measure('abort', pairs * abortsPerPair);
  return [
    ...Object.entries(percentiles).flatMap(([name, fraction]) =>
      firstTokenRows(name, fraction, firstTokens, contenders),
    ),
    ...Object.entries(percentiles).map(([name, fraction]) => abortRow(name, fraction, aborts, contenders)),
  ];
}

function firstTokenRows(
  name: string,
  fraction: number,
  latencies: StreamLatencies,
  contenders: Contenders,
): readonly Row[] {
  const ours = latencies.relay ?? [];
  const row = { unit: 'ms', fraction, ours, goal: null };
  return [
    addedLatencyRow({ ...row, id: `relay.ttft.added.${name}`, bare: latencies[peerNames.bareLoop] ?? [] }),
    latencyRow({ ...row, id: `relay.ttft.${name}`, peers: peersOf(latencies, contenders) }),
  ];
}

function abortRow(name: string, fraction: number, latencies: StreamLatencies, contenders: Contenders): Row {
  return latencyRow({
    id: `relay.abort.${name}`,
    unit: 'ms',
    fraction,
    ours: latencies.relay ?? [],
    peers: peersOf(latencies, contenders),
    goal: { of: 'ours', is: 'at most', value: maxAbortMs },
  });
}

function peersOf(latencies: StreamLatencies, { nginx }: Contenders): Peers {
  return {
    [peerNames.bareLoop]: latencies[peerNames.bareLoop] ?? [],
    [peerNames.nginx]: 'notRun' in nginx ? nginx : (latencies[peerNames.nginx] ?? []),
  };
}
