import { expect, test } from 'vitest';
import { faultOptions } from './fault-options.ts';

test('the fault tests alone run a whole round and the long ones', () => {
  expect(faultOptions(['faults'])).toEqual({
    env: { ORILLA_FAULT_RUNS: '240', ORILLA_FAULT_LONG: '1' },
    words: ['faults'],
  });
});

test('seed and number of runs are passed on, and taken out of the words', () => {
  expect(faultOptions(['faults', '--seed', '7', '--runs', '3', 'faults.spec'])).toEqual({
    env: { ORILLA_FAULT_SEED: '7', ORILLA_FAULT_RUNS: '3', ORILLA_FAULT_LONG: '1' },
    words: ['faults', 'faults.spec'],
  });
});

test('one point is run alone, without the long tests', () => {
  expect(faultOptions(['faults', '--only', '12']).env).toEqual({ ORILLA_FAULT_RUNS: '240', ORILLA_FAULT_ONLY: '12' });
});

test('as a part of everything they keep to their slice', () => {
  expect(faultOptions(['privacy'])).toEqual({ env: {}, words: ['privacy'] });
});

test.each([
  [['faults', '--seed', 'x'], /--seed takes a whole number/],
  [['faults', '--runs', '-1'], /runs/],
  [['e2e', '--seed', '1'], /belongs to npm run test:faults/],
  [['faults', '--sed', '1'], /--sed/],
])('%j is refused', (words, message) => {
  expect(() => faultOptions(words)).toThrow(message);
});
