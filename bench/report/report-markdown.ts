import { figureText } from './figure-text.ts';
import type { Report } from './report.ts';
import type { Row } from './row.ts';

/** The report as a table for `docs/benchmarks.md`, with the machine that it was taken on. */
export function reportMarkdown({ machine, runs, rows, notMeasured = [] }: Report): string {
  const { cpus, model, node, chromium, adapter } = machine;
  const place = [`${cpus} × ${model}`, `Node ${node}`, chromium, adapter].filter(Boolean).join(', ');
  return [
    '| figure | ours | peers | ratio | 95 % interval | goal | met |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${cells(row).join(' | ')} |`),
    '',
    `${runs} ${runs === 1 ? 'run' : 'pairs'}, on ${place}.`,
    ...notMeasured.map((what) => `\nNot measured: ${what}`),
  ].join('\n');
}

function cells({ id, unit, ours, peers, ratio, interval, goal, met, why = {} }: Row): string[] {
  return [
    `\`${id}\``,
    `${figureText(ours)} ${unit}`,
    Object.entries(peers)
      .map(([name, value]) => `${name}: ${value === null ? `not run (${why[name] ?? 'unknown'})` : figureText(value)}`)
      .join('<br>'),
    ratio === null ? '' : figureText(ratio),
    interval ? `${figureText(interval[0])} … ${figureText(interval[1])}` : '',
    goal,
    met ? 'yes' : '**no**',
  ];
}
