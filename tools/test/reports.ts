import type { Counts } from './counts.ts';

/** The part of Vitest's JSON report that is read. */
interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; message: string; assertionResults: VitestAssertion[] }[];
}

interface VitestAssertion {
  fullName: string;
  status: string;
  failureMessages: string[];
}

/** The part of Playwright's JSON report that is read. */
interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: { message?: string }[];
  suites?: PlaywrightSuite[];
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[];
  specs: {
    file: string;
    title: string;
    ok: boolean;
    tests: { results: { error?: { message?: string } }[] }[];
  }[];
}

export function readVitestReport(text: string): Counts {
  // Written by the Vitest of this repository's lockfile, whose shape is the one above.
  const report = JSON.parse(text) as VitestReport;
  // A file that could not even be loaded has no tests to count, and must not pass for that.
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function readPlaywrightReport(text: string): Counts {
  // Written by the Playwright of this repository's lockfile, whose shape is the one above.
  const { stats, errors } = JSON.parse(text) as PlaywrightReport;
  return {
    passed: stats.expected,
    // A test that passed only at a second try has failed once.
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

/** A line for each test that failed in Vitest: file, name and what it said first. */
export function vitestFailures(text: string): string[] {
  const { testResults } = JSON.parse(text) as VitestReport; // as above
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    if (status === 'failed' && assertionResults.length === 0)
      return [failureLine(name, 'could not be loaded', message)];
    return assertionResults
      .filter((one) => one.status === 'failed')
      .map((one) => failureLine(name, one.fullName, one.failureMessages[0]));
  });
}

/** The same of Playwright. */
export function playwrightFailures(text: string): string[] {
  const { errors, suites = [] } = JSON.parse(text) as PlaywrightReport; // as above
  const specs = (suite: PlaywrightSuite): PlaywrightSuite['specs'] => [
    ...suite.specs,
    ...(suite.suites ?? []).flatMap(specs),
  ];
  const failed = suites.flatMap(specs).filter(({ ok }) => !ok);
  return [
    ...errors.map(({ message }) => failureLine('Playwright', 'outside a test', message)),
    ...failed.map(({ file, title, tests }) => {
      const results = tests.flatMap((one) => one.results);
      return failureLine(file, title, results.find(({ error }) => error)?.error?.message);
    }),
  ];
}

/** Colours are for a terminal, and what follows the first lines stands in the runner's own output. */
function failureLine(file: string, name: string, message = ''): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
  const plain = message.replaceAll(/\u001b\[[\d;]*m/g, '');
  return `failed: ${file} › ${name}: ${plain.replaceAll(/\s+/g, ' ').slice(0, 400)}`;
}
