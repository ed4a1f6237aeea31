import { expect, test } from 'vitest';
import { type Goal, makeRow } from './row.ts';

const judged = (goal: Goal, figures: { ours: number; ratio: number | null }) =>
  makeRow({ id: 'x', unit: 'ms', interval: null, ...figures }, { peers: {}, goal, summarise: Number });

test.each<[Goal, { ours: number; ratio: number | null }, string, boolean]>([
  [{ of: 'ratio', is: 'at most', value: 4 }, { ours: 9, ratio: 4 }, 'ratio ≤ 4', true],
  [{ of: 'ratio', is: 'at most', value: 4 }, { ours: 9, ratio: 4.01 }, 'ratio ≤ 4', false],
  [{ of: 'ratio', is: 'at least', value: 0.95 }, { ours: 9, ratio: 0.95 }, 'ratio ≥ 0.95', true],
  [{ of: 'ratio', is: 'at least', value: 0.95 }, { ours: 9, ratio: 0.94 }, 'ratio ≥ 0.95', false],
  [{ of: 'ratio', is: 'more than', value: 1 }, { ours: 9, ratio: 1 }, 'ratio > 1', false],
  [{ of: 'ratio', is: 'more than', value: 1 }, { ours: 9, ratio: 1.01 }, 'ratio > 1', true],
  [{ of: 'ours', is: 'at most', value: 2 }, { ours: 2, ratio: 50 }, '≤ 2 ms', true],
  [{ of: 'ours', is: 'at most', value: 2 }, { ours: 2.1, ratio: 0.1 }, '≤ 2 ms', false],
  [null, { ours: 1e9, ratio: 1e9 }, 'none yet: reported', true],
])('goal %j with %j', (goal, figures, text, met) => {
  expect(judged(goal, figures)).toMatchObject({ goal: text, met });
});

test('a ratio that could not be measured meets no goal', () => {
  const goal: Goal = { of: 'ratio', is: 'at most', value: 4 };
  expect(judged(goal, { ours: 1, ratio: null }).met).toBe(false);
  expect(judged(goal, { ours: 1, ratio: Number.NaN }).met).toBe(false);
});

test('a peer that could not be started is null, and the row says why', () => {
  const row = makeRow(
    { id: 'x', unit: 'ms', ours: 1, ratio: null, interval: null },
    { peers: { nginx: { notRun: 'not installed' }, bare: [3, 4] }, goal: null, summarise: (all) => all.length },
  );
  expect(row.peers).toEqual({ nginx: null, bare: 2 });
  expect(row.why).toEqual({ nginx: 'not installed' });
});

test('where every peer ran there is nothing to explain', () => {
  expect(judged(null, { ours: 1, ratio: 1 })).not.toHaveProperty('why');
});
