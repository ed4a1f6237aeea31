import { ratesText } from './engine-rate.ts';
import { figureText } from './figure-text.ts';
import type { Report } from './report.ts';
import type { Row } from './row.ts';

const heads = ['figure', 'ours', 'peers', 'ratio', '95 % interval', 'goal', ''] as const;

/** The report as a person reads it on a terminal: one line a figure, and why a peer is missing. */
export function reportText({ bench, machine, runs, rows, engines = [], notMeasured = [] }: Report): string {
  const { cpus, model, node, chromium, adapter } = machine;
  const place = [`${cpus} × ${model}`, `Node ${node}`, chromium, adapter].filter(Boolean).join(', ');
  const lines = [[...heads], ...rows.map(cells)];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const table = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    `bench ${bench}, ${runs} ${runs === 1 ? 'run' : 'pairs'}, on ${place}`,
    '',
    ...table,
    ...missingPeers(rows),
    ...(engines.length > 0 ? ['', 'Tokens per second, prefill and decode:', ratesText(engines)] : []),
    ...notMeasured.map((what) => `NOT MEASURED: ${what}`),
    '',
  ].join('\n');
}

function cells({ id, unit, ours, peers, ratio, interval, goal, met }: Row): string[] {
  return [
    id,
    `${figureText(ours)} ${unit}`,
    Object.entries(peers)
      .map(([name, value]) => `${name} ${value === null ? 'not run' : figureText(value)}`)
      .join(', '),
    ratio === null ? '' : figureText(ratio),
    interval ? `${figureText(interval[0])} … ${figureText(interval[1])}` : '',
    goal,
    met ? 'met' : 'NOT MET',
  ];
}

function missingPeers(rows: readonly Row[]): string[] {
  const reasons = rows.flatMap(({ why = {} }) => Object.entries(why).map(([name, reason]) => `${name}: ${reason}`));
  return [...new Set(reasons)];
}
