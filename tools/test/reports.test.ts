import { expect, test } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './reports.ts';

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
