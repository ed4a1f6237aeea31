import { pairRow } from '../report/pair-row.ts';
import type { Peers, Row } from '../report/row.ts';
import { median } from '../statistics/percentile.ts';
import { type PeerName, peerNames, type SideName } from '../weights-page/weights.ts';
import type { FoundSides } from './find-sides.ts';
import type { WeightsTimes } from './measure-times.ts';
import type { SideSamples } from './side-samples.ts';

/** What was measured. */
export interface WeightsFigures {
  /** Of the package. */
  readonly bytes: number;
  readonly chunkBytes: number;
  readonly times: WeightsTimes;
  /** Bytes. */
  readonly refetch: SideSamples;
  /** Bytes. */
  readonly memory: SideSamples;
  /** Milliseconds of downloads through a slower line. */
  readonly paced: SideSamples;
  readonly missing: FoundSides['missing'];
}

const minDownloadRatio = 0.85;
const maxOpenRatio = 1;
/** Ranges that a download of ours asks for at the same time, at most: what may be lost with a tab. */
const maxInFlight = 6;

type OtherName = Exclude<SideName, 'ours'>;

const titles: Readonly<Record<OtherName, string>> = {
  webLlm: '@mlc-ai/web-llm (Cache API)',
  wllama: '@wllama/wllama (OPFS)',
  cacheApi: 'fetch + Cache API',
  oursOpfs: 'ours, in OPFS',
};

/** What the figures amount to. */
export function weightsRows({
  bytes,
  chunkBytes,
  times,
  refetch,
  memory,
  paced,
  missing,
}: WeightsFigures): readonly [Row, ...Row[]] {
  const peersOf = (samples: SideSamples, order: readonly OtherName[]): Peers =>
    Object.fromEntries(
      order.map((peer) => [titles[peer], samples[peer] ?? { notRun: missing[peer] ?? 'it was not measured' }]),
    );
  const inMBPerSecond = (samples: SideSamples) => mapSamples(samples, (ms) => bytes / 1_000 / ms);
  const [perSecond, pacedPerSecond] = [inMBPerSecond(times.download), inMBPerSecond(paced)];
  const downloadMs = times.download.ours ?? [];
  const inMB = (samples: SideSamples) => mapSamples(samples, (count) => count / 1e6);
  const [refetchMB, memoryMB] = [inMB(refetch), inMB(memory)];
  return [
    pairRow({
      id: 'weights.download',
      unit: 'MB/s',
      ours: perSecond.ours ?? [],
      peers: peersOf(perSecond, ['cacheApi', 'webLlm', 'wllama', 'oursOpfs']),
      goal: { of: 'ratio', is: 'at least', value: minDownloadRatio },
    }),
    pairRow({
      id: 'weights.download.paced',
      unit: 'MB/s',
      ours: pacedPerSecond.ours ?? [],
      peers: peersOf(pacedPerSecond, ['cacheApi']),
      goal: { of: 'ratio', is: 'at least', value: minDownloadRatio },
    }),
    pairRow({
      id: 'weights.sha256.share',
      unit: '%',
      ours: times.hash.map((ms, pair) => (100 * ms) / (downloadMs[pair] ?? Number.NaN)),
      peers: {},
      goal: null,
    }),
    pairRow({
      id: 'weights.open',
      unit: 'ms',
      ours: times.open.ours ?? [],
      // Whoever is no slower than the faster of the two is slower than neither.
      peers: peersOf(times.open, [...fastestFirst(times.open, ['webLlm', 'wllama']), 'cacheApi', 'oursOpfs']),
      goal: { of: 'ratio', is: 'at most', value: maxOpenRatio },
    }),
    pairRow({
      id: 'weights.refetch',
      unit: 'MB',
      ours: refetchMB.ours ?? [],
      peers: peersOf(refetchMB, [...peerNames, 'oursOpfs']),
      goal: { of: 'ours', is: 'at most', value: Math.ceil((bytes / 2 + maxInFlight * chunkBytes) / 1e6) },
    }),
    pairRow({
      id: 'weights.memory',
      unit: 'MB',
      ours: memoryMB.ours ?? [],
      peers: peersOf(memoryMB, [...peerNames, 'oursOpfs']),
      // The bound of 96 MiB is for reading what is stored, and is tested with 4 GiB (test/faults); here the download is in it.
      goal: null,
    }),
  ];
}

function fastestFirst(samples: SideSamples, peers: readonly PeerName[]): readonly PeerName[] {
  const typical = (peer: PeerName) => {
    const figures = samples[peer];
    return figures ? median(figures) : Number.POSITIVE_INFINITY;
  };
  return peers.toSorted((one, other) => Math.sign(typical(one) - typical(other)) || 0);
}

function mapSamples(samples: SideSamples, change: (figure: number) => number): SideSamples {
  return Object.fromEntries(Object.entries(samples).map(([side, figures]) => [side, figures.map(change)]));
}
