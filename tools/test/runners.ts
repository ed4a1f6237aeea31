import { mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Counts } from './counts.ts';
import { playwrightFailures, readPlaywrightReport, readVitestReport, vitestFailures } from './reports.ts';
import { runChild } from './run-child.ts';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..');

export interface RunOptions {
  signal?: AbortSignal;
  env?: Readonly<Record<string, string>>;
  /** Whether people see what the runner writes. */
  output?: 'inherit' | 'ignore';
  /** The repository whose tests run. */
  cwd?: string;
  /** Parts of file names; without any, everything runs. */
  filters?: readonly string[];
  /** Told a line for each test that failed. */
  onFailure?: (line: string) => void;
}

const require = createRequire(import.meta.url);

/** Runs Vitest's projects of these names and counts. */
export function runVitest(
  projects: readonly string[],
  { filters = [], cwd = root, ...options }: RunOptions = {},
): Promise<Counts> {
  const report = join(cwd, 'test-results', 'vitest.json');
  const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  const args = [
    ...['run', ...projects.flatMap((name) => ['--project', name]), '--passWithNoTests'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
  ];
  return runAndCount('Vitest', [vitest, ...args], report, vitestReport, { ...options, cwd });
}

/** Runs Playwright's projects of these names and counts. */
export function runPlaywright(
  projects: readonly string[],
  { filters = [], cwd = root, ...options }: RunOptions = {},
): Promise<Counts> {
  // Named in playwright.config.ts.
  const report = join(cwd, 'test-results', 'playwright.json');
  const playwright = require.resolve('@playwright/test/cli');
  const args = ['test', ...projects.flatMap((name) => ['--project', name]), '--pass-with-no-tests', ...filters];
  return runAndCount('Playwright', [playwright, ...args], report, playwrightReport, { ...options, cwd });
}

/** What is read of a runner's report. */
interface ReportReader {
  readonly counts: (text: string) => Counts;
  readonly failures: (text: string) => readonly string[];
}

const vitestReport: ReportReader = { counts: readVitestReport, failures: vitestFailures };
const playwrightReport: ReportReader = { counts: readPlaywrightReport, failures: playwrightFailures };

async function runAndCount(
  name: string,
  args: readonly string[],
  report: string,
  read: ReportReader,
  { signal, cwd, output = 'inherit', env = {}, onFailure }: RunOptions & { cwd: string },
): Promise<Counts> {
  await mkdir(dirname(report), { recursive: true });
  // An old report must not be counted for a run that wrote none.
  await rm(report, { force: true });
  const code = await runChild(args, { cwd, output, env: sourceEnv(env), ...(signal && { signal }) });
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) {
    console.error(`${name} ended with exit code ${code} and wrote no report: counted as one failure.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const counts = read.counts(text);
  for (const line of read.failures(text)) onFailure?.(line);
  if (code === 0 || counts.failed > 0) return counts;
  console.error(`${name} ended with exit code ${code} though no test failed: counted as one failure.`);
  return { ...counts, failed: 1 };
}

/** The environment in which `@orilla/*` means the sources, here and in every process that a test starts. */
function sourceEnv(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const nodeOptions = [process.env.NODE_OPTIONS, '--conditions=@orilla/source'].filter(Boolean).join(' ');
  return { ...process.env, ...env, NODE_OPTIONS: nodeOptions };
}
