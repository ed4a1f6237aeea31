import { cpus } from 'node:os';
import type { BenchName } from '../command/parse-command.ts';
import type { EngineRate } from './engine-rate.ts';
import type { Row } from './row.ts';

/** Where the figures were taken. */
export interface Machine {
  /** Logical processors. */
  readonly cpus: number;
  readonly model: string;
  readonly node: string;
  /** `null` where the bench needs none. */
  readonly chromium: string | null;
  /** The WebGPU adapter; `null` where none was used. */
  readonly adapter: string | null;
}

/** What `bench --json FILE` writes. */
export interface Report {
  readonly bench: BenchName;
  readonly machine: Machine;
  /** How often everything was measured: interleaved pairs, where there are peers. */
  readonly runs: number;
  readonly rows: readonly Row[];
  /** The engines beside each other, where they were measured. */
  readonly engines?: readonly EngineRate[];
  /** What was to be measured and could not be, and why. */
  readonly notMeasured?: readonly string[];
}

/** What one bench hands over to be reported. */
export interface BenchResult extends Pick<Report, 'runs' | 'rows' | 'engines' | 'notMeasured'> {
  readonly chromium?: string;
  readonly adapter?: string;
}

export function makeReport(bench: BenchName, result: BenchResult): Report {
  const processors = cpus();
  return {
    bench,
    machine: {
      cpus: processors.length,
      model: processors[0]?.model ?? 'unknown',
      node: process.versions.node,
      chromium: result.chromium ?? null,
      adapter: result.adapter ?? null,
    },
    runs: result.runs,
    rows: result.rows,
    ...(result.engines && { engines: result.engines }),
    ...(result.notMeasured && { notMeasured: result.notMeasured }),
  };
}

/** Nothing measured is nothing met. */
export function allMet({ rows, notMeasured = [] }: Pick<Report, 'rows' | 'notMeasured'>): boolean {
  return rows.length > 0 && notMeasured.length === 0 && rows.every(({ met }) => met);
}
