import { latencyRow } from '../report/latency-row.ts';
import type { PeerSamples, Peers, Row } from '../report/row.ts';
import { percentile } from '../statistics/percentile.ts';
import type { AbortFigures } from './measure-aborts.ts';
import type { OwnFigures } from './measure-ours.ts';
import type { PeerFigures } from './measure-peer.ts';
import type { Subject } from './subjects.ts';

const maxTurnRatio = 1.5;
/** What an abort may take beside the step, or the batch, that is being computed. */
const abortMarginMs = 20;

export interface SubjectFigures {
  readonly subject: Pick<Subject, 'engine' | 'backend' | 'suffix' | 'strike' | 'judgesTurns'>;
  /** `null` on WASM. */
  readonly adapter: string | null;
  readonly ours: OwnFigures;
  readonly peer: { readonly title: string; readonly figures: PeerFigures | { readonly notRun: string } };
}

/** What was measured of one engine on one backend. */
export function subjectRows(measured: SubjectFigures): readonly Row[] {
  const { subject, adapter, ours } = measured;
  const place = adapter === null ? subject.backend : `${subject.backend}-${slug(adapter)}`;
  const rows = [
    ...chatRows(measured),
    ...lossRows(measured),
    ...(ours.aborts ? abortRows(ours.aborts) : []),
    ...memoryRows(measured),
    reported({ id: 'calibration', unit: 'ms', ours: [ours.calibrationMs], peers: {} }),
  ];
  return rows.map((row) => ({ ...row, id: `engine.${subject.engine}.${place}${subject.suffix}.${row.id}` }));
}

function chatRows({ subject, ours: { firstTokenMs }, peer }: SubjectFigures): readonly Row[] {
  const peers = (at: number) => beside(peer, (figures) => turn(figures.firstTokenMs, at));
  return [
    latencyRow({
      id: 'chat.turn10',
      unit: '× turn 1',
      fraction: 0.5,
      ours: turnRatios(firstTokenMs),
      peers: beside(peer, (figures) => turnRatios(figures.firstTokenMs)),
      goal: subject.judgesTurns ? { of: 'ours', is: 'at most', value: maxTurnRatio } : null,
    }),
    reported({ id: 'chat.ttft.turn1', unit: 'ms', ours: turn(firstTokenMs, 0), peers: peers(0) }),
    reported({ id: 'chat.ttft.turn10', unit: 'ms', ours: turn(firstTokenMs, -1), peers: peers(-1) }),
  ];
}

function lossRows({ subject, ours: { recoveryMs }, peer: { title, figures } }: SubjectFigures): readonly Row[] {
  if (recoveryMs.length === 0) return [];
  const peers = beside({ title: `${title}, opened anew`, figures }, ({ reopenMs }) => reopenMs);
  return [reported({ id: `recovery.${subject.strike}`, unit: 'ms', ours: recoveryMs, peers })];
}

/** Each is held against the same percentile of what the engine was computing, as it was measured in the same run. */
function abortRows({ stepMs, batchMs, decodeMs, prefillMs }: AbortFigures): readonly Row[] {
  const row = (name: string, fraction: number, { ours, computed }: Record<'ours' | 'computed', readonly number[]>) =>
    latencyRow({
      id: `abort.${name}.p${100 * fraction}`,
      unit: 'ms',
      fraction,
      ours,
      peers: {},
      goal: {
        of: 'ours',
        is: 'at most',
        value: Math.round((percentile(computed, fraction) + abortMarginMs) * 10) / 10,
      },
    });
  return [0.5, 0.99].flatMap((fraction) => [
    row('decode', fraction, { ours: decodeMs, computed: stepMs }),
    row('prefill', fraction, { ours: prefillMs, computed: batchMs }),
  ]);
}

function memoryRows({ subject, ours: { memory }, peer }: SubjectFigures): readonly Row[] {
  const row = (id: string, bytes: 'residentBytes' | 'gpuBufferBytes') =>
    reported({
      id,
      unit: 'MB',
      ours: [memory[bytes] / 1e6],
      peers: beside(peer, (figures) => [figures.memory[bytes] / 1e6]),
    });
  const resident = row('memory', 'residentBytes');
  return subject.backend === 'webgpu' ? [resident, row('memory.gpu-buffers', 'gpuBufferBytes')] : [resident];
}

/** The typical one of several figures that have no bar. */
function reported(row: { readonly id: string; readonly unit: string; readonly ours: readonly number[]; peers: Peers }) {
  return latencyRow({ ...row, fraction: 0.5, goal: null });
}

function beside({ title, figures }: SubjectFigures['peer'], samplesOf: (figures: PeerFigures) => readonly number[]) {
  const samples: PeerSamples = 'notRun' in figures ? figures : samplesOf(figures);
  return { [title]: samples };
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
  const words = name.toLowerCase().match(/[a-z0-9]+/g);
  return words ? words.join('-') : 'unnamed';
}
