import { cpus } from 'node:os';
import type { BenchName } from '../command/parse-command.ts';
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
}

/** What one bench hands over to be reported. */
export interface BenchResult {
  readonly runs: number;
  readonly rows: readonly Row[];
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
  };
}

/** Nothing measured is nothing met. */
export function allMet({ rows }: Pick<Report, 'rows'>): boolean {
  return rows.length > 0 && rows.every(({ met }) => met);
}
