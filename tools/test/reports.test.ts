import { expect, test } from 'vitest';
import { playwrightFailures, readPlaywrightReport, readVitestReport, vitestFailures } from './reports.ts';

const vitest = {
  numPassedTests: 4,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    { status: 'passed', assertionResults: [{}, {}] },
    { status: 'failed', assertionResults: [{}] },
  ],
};

test('counts Vitest’s tests', () => {
  expect(readVitestReport(JSON.stringify(vitest))).toEqual({ passed: 4, failed: 1, skipped: 3 });
});

test('a test file that could not be loaded is a failure', () => {
  const testResults = [...vitest.testResults, { status: 'failed', assertionResults: [] }];
  expect(readVitestReport(JSON.stringify({ ...vitest, testResults })).failed).toBe(2);
});

test('an empty test file that passes is none', () => {
  const testResults = [{ status: 'passed', assertionResults: [] }];
  expect(readVitestReport(JSON.stringify({ ...vitest, testResults })).failed).toBe(1);
});

const playwright = { stats: { expected: 5, unexpected: 1, flaky: 0, skipped: 2 }, errors: [] };

test('counts Playwright’s tests', () => {
  expect(readPlaywrightReport(JSON.stringify(playwright))).toEqual({ passed: 5, failed: 1, skipped: 2 });
});

test('an error outside a test, and a test that needed a second try, are failures', () => {
  expect(readPlaywrightReport(JSON.stringify({ ...playwright, errors: [{}] })).failed).toBe(2);
  const stats = { ...playwright.stats, flaky: 3 };
  expect(readPlaywrightReport(JSON.stringify({ ...playwright, stats })).failed).toBe(4);
});

test('names each of Vitest’s tests that failed, and the files that could not be loaded, without colours', () => {
  const assertion = (fullName: string, status: string, ...failureMessages: string[]) => ({
    fullName,
    status,
    failureMessages,
  });
  const testResults = [
    {
      name: 'a.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [
        assertion('adds', 'failed', '\u001b[31mexpected 1\u001b[39m\n  to be 2'),
        assertion('works', 'passed'),
      ],
    },
    { name: 'b.test.ts', status: 'failed', message: 'no such import', assertionResults: [] },
  ];
  expect(vitestFailures(JSON.stringify({ ...vitest, testResults }))).toEqual([
    'failed: a.test.ts › adds: expected 1 to be 2',
    'failed: b.test.ts › could not be loaded: no such import',
  ]);
});

test('names each of Playwright’s tests that failed, however deep it stands, and what failed outside of tests', () => {
  const spec = (title: string, ok: boolean, message?: string) => ({
    file: 'a.spec.ts',
    title,
    ok,
    tests: [{ results: [{ error: { message } }] }],
  });
  const suites = [{ specs: [spec('works', true)], suites: [{ specs: [spec('shows it', false, 'not seen')] }] }];
  const report = { ...playwright, errors: [{ message: 'no browser' }], suites };
  expect(playwrightFailures(JSON.stringify(report))).toEqual([
    'failed: Playwright › outside a test: no browser',
    'failed: a.spec.ts › shows it: not seen',
  ]);
});

test('a message of any length takes one line', () => {
  const errors = [{ message: 'x'.repeat(10_000) }];
  const [line = ''] = playwrightFailures(JSON.stringify({ ...playwright, errors }));
  expect(line.length).toBeLessThan(500);
});
