import { expect, test } from 'vitest';
import { pairRow } from './pair-row.ts';

const input = { id: 'relay.cpu', unit: 'µs', goal: { of: 'ratio', is: 'at most', value: 4 } } as const;

test('the ratio is the median of the pairs’ ratios, not the ratio of the medians', () => {
  const row = pairRow({ ...input, ours: [20, 60, 30], peers: { nginx: [10, 20, 30] } });
  expect(row).toMatchObject({ ours: 30, peers: { nginx: 20 }, ratio: 2, goal: 'ratio ≤ 4', met: true });
});

test('a slow stretch of the machine that falls on both sides of a pair leaves the ratio alone', () => {
  const peer = [10, 10, 10, 90, 90, 90, 10, 10, 10, 10];
  const row = pairRow({ ...input, ours: peer.map((figure) => figure * 3), peers: { nginx: peer } });
  expect(row.ratio).toBeCloseTo(3);
  expect(row.interval?.map((end) => Math.round(end))).toEqual([3, 3]);
});

test('ours is divided by the first peer only', () => {
  const row = pairRow({ ...input, ours: [8, 8], peers: { nginx: [4, 4], bare: [8, 8] } });
  expect(row).toMatchObject({ ratio: 2, peers: { nginx: 4, bare: 8 } });
});

test('without the first peer there is no ratio, and the interval is that of ours', () => {
  const row = pairRow({ ...input, ours: [1, 2, 3], peers: { nginx: { notRun: 'not here' }, bare: [1, 1, 1] } });
  expect(row).toMatchObject({ ratio: null, interval: [1, 3], met: false, peers: { nginx: null, bare: 1 } });
});

test('figures that have no partner are refused', () => {
  expect(() => pairRow({ ...input, ours: [1, 2], peers: { nginx: [1] } })).toThrow(RangeError);
});
