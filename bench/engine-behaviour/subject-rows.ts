import { latencyRow } from '../report/latency-row.ts';
import type { PeerSamples, Peers, Row } from '../report/row.ts';
import { percentile } from '../statistics/percentile.ts';
import type { OwnFigures } from './measure-ours.ts';
import type { PeerFigures } from './measure-peer.ts';
import type { Subject } from './subjects.ts';

const maxTurnRatio = 1.5;
/** What an abort may take beside the step, or the batch, that is being computed. */
const abortMarginMs = 20;

export interface SubjectFigures {
  readonly subject: Pick<Subject, 'engine' | 'backend' | 'strike'>;
  /** `null` on WASM. */
  readonly adapter: string | null;
  readonly ours: OwnFigures;
  readonly peer: { readonly title: string; readonly figures: PeerFigures | { readonly notRun: string } };
}

/** What was measured of one engine on one backend. */
export function subjectRows({ subject, adapter, ours, peer }: SubjectFigures): readonly Row[] {
  const name = `engine.${subject.engine}.${adapter === null ? subject.backend : `${subject.backend}-${slug(adapter)}`}`;
  const { figures } = peer;
  const beside = (samples: (figures: PeerFigures) => readonly number[], title = peer.title): Peers => {
    const told: PeerSamples = 'notRun' in figures ? figures : samples(figures);
    return { [title]: told };
  };
  const { firstTokenMs, aborts, recoveryMs, calibrationMs, memory } = ours;
  const row = (id: string, unit: string, samples: readonly number[], peers: Peers) =>
    latencyRow({ id: `${name}.${id}`, unit, fraction: 0.5, ours: samples, peers, goal: null });
  const abortRow = (what: 'decode' | 'prefill', fraction: 0.5 | 0.99) => {
    const computedMs = percentile(what === 'decode' ? aborts.stepMs : aborts.batchMs, fraction);
    const value = Math.round((computedMs + abortMarginMs) * 10) / 10;
    return latencyRow({
      id: `${name}.abort.${what}.p${100 * fraction}`,
      unit: 'ms',
      fraction,
      ours: what === 'decode' ? aborts.decodeMs : aborts.prefillMs,
      peers: {},
      goal: { of: 'ours', is: 'at most', value },
    });
  };
  return [
    latencyRow({
      id: `${name}.chat.turn10`,
      unit: '× turn 1',
      fraction: 0.5,
      ours: turnRatios(firstTokenMs),
      peers: beside((figures) => turnRatios(figures.firstTokenMs)),
      goal: { of: 'ours', is: 'at most', value: maxTurnRatio },
    }),
    row(
      'chat.ttft.turn1',
      'ms',
      turn(firstTokenMs, 0),
      beside((figures) => turn(figures.firstTokenMs, 0)),
    ),
    row(
      'chat.ttft.turn10',
      'ms',
      turn(firstTokenMs, -1),
      beside((figures) => turn(figures.firstTokenMs, -1)),
    ),
    row(
      `recovery.${subject.strike}`,
      'ms',
      recoveryMs,
      beside(({ reopenMs }) => reopenMs, `${peer.title}, opened anew`),
    ),
    abortRow('decode', 0.5),
    abortRow('decode', 0.99),
    abortRow('prefill', 0.5),
    abortRow('prefill', 0.99),
    row(
      'memory',
      'MB',
      [memory.residentBytes / 1e6],
      beside((figures) => [figures.memory.residentBytes / 1e6]),
    ),
    ...(subject.backend === 'webgpu'
      ? [
          row(
            'memory.gpu-buffers',
            'MB',
            [memory.gpuBufferBytes / 1e6],
            beside((figures) => [figures.memory.gpuBufferBytes / 1e6]),
          ),
        ]
      : []),
    row('calibration', 'ms', [calibrationMs], {}),
  ];
}

/** By conversation: the first token of its last turn ÷ that of its first. */
export function turnRatios(firstTokenMs: OwnFigures['firstTokenMs']): readonly number[] {
  const [first, last] = [turn(firstTokenMs, 0), turn(firstTokenMs, -1)];
  return last.map((ms, conversation) => ms / (first[conversation] ?? Number.NaN));
}

function turn(firstTokenMs: OwnFigures['firstTokenMs'], at: number): readonly number[] {
  return firstTokenMs.map((turns) => turns.at(at) ?? Number.NaN);
}

/** For an id: small letters, digits and hyphens. */
function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join('-') ?? 'unnamed'
  );
}
