import type { Interval } from '../statistics/median-interval.ts';

/** The bar that a figure has to clear; `null` where it is reported only, until there is one. */
export type Goal = {
  readonly of: 'ratio' | 'ours';
  readonly is: 'at most' | 'at least' | 'more than';
  readonly value: number;
} | null;

/** One figure beside its peers', as `bench --json` writes it. */
export interface Row {
  /** What is measured, e.g. `relay.cpu`. */
  readonly id: string;
  readonly unit: string;
  readonly ours: number;
  /** By name; `null` where it could not be started. */
  readonly peers: Readonly<Record<string, number | null>>;
  /** Ours ÷ the first peer; `null` where there is none to divide by. */
  readonly ratio: number | null;
  /** Of `ratio`, or of `ours` where there is no ratio: it holds the true figure in 95 of 100 runs. */
  readonly interval: Interval | null;
  readonly goal: string;
  readonly met: boolean;
  /** Why a peer is `null`, by its name. */
  readonly why?: Readonly<Record<string, string>>;
}

/** What a peer measured, or why it did not. */
export type PeerSamples = readonly number[] | { readonly notRun: string };
export type Peers = Readonly<Record<string, PeerSamples>>;

export function hasRun(samples: PeerSamples | undefined): samples is readonly number[] {
  return Array.isArray(samples);
}

/** Puts a row together: summarises the peers, and judges the figure by its goal. */
export function makeRow(
  row: Pick<Row, 'id' | 'unit' | 'ours' | 'ratio' | 'interval'>,
  { peers, goal, summarise }: { peers: Peers; goal: Goal; summarise: (samples: readonly number[]) => number },
): Row {
  const missing = Object.entries(peers).flatMap(([name, samples]) =>
    'notRun' in samples ? [[name, samples.notRun] as const] : [],
  );
  return {
    ...row,
    peers: Object.fromEntries(
      Object.entries(peers).map(([name, samples]) => [name, hasRun(samples) ? summarise(samples) : null]),
    ),
    goal: goalText(goal, row.unit),
    met: isMet(goal, row),
    ...(missing.length > 0 && { why: Object.fromEntries(missing) }),
  };
}

function goalText(goal: Goal, unit: string): string {
  if (goal === null) return 'none yet: reported';
  const sign = { 'at most': '≤', 'at least': '≥', 'more than': '>' }[goal.is];
  return goal.of === 'ratio' ? `ratio ${sign} ${goal.value}` : `${sign} ${goal.value} ${unit}`;
}

/** A ratio that could not be measured meets nothing. */
function isMet(goal: Goal, { ours, ratio }: Pick<Row, 'ours' | 'ratio'>): boolean {
  if (goal === null) return true;
  const figure = goal.of === 'ratio' ? ratio : ours;
  if (figure === null || !Number.isFinite(figure)) return false;
  if (goal.is === 'more than') return figure > goal.value;
  return goal.is === 'at most' ? figure <= goal.value : figure >= goal.value;
}
