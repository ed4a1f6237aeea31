import { expect, test } from 'vitest';
import { addedLatencyRow, latencyRow } from './latency-row.ts';

/** 0.01, 0.02 … `ms` */
const spread = (ms: number) => Array.from({ length: 100 * ms }, (_, index) => (index + 1) / 100);
const input = {
  id: 'relay.abort.p99',
  unit: 'ms',
  fraction: 0.99,
  goal: { of: 'ours', is: 'at most', value: 9 },
} as const;

test('gives the percentile of ours and of each peer, and their ratio with its interval', () => {
  const row = latencyRow({ ...input, ours: spread(8), peers: { bare: spread(4), nginx: { notRun: 'not here' } } });
  expect(row.ours).toBeCloseTo(7.92, 1);
  expect(row.peers.bare).toBeCloseTo(3.96, 1);
  expect(row.ratio).toBeCloseTo(2, 1);
  expect(row.interval?.[0]).toBeGreaterThan(1.9);
  expect(row.interval?.[1]).toBeLessThan(2.1);
  expect(row).toMatchObject({ met: true, why: { nginx: 'not here' } });
});

test('without a peer the interval is that of ours', () => {
  const row = latencyRow({ ...input, ours: spread(10), peers: {} });
  expect(row.ratio).toBeNull();
  expect(row.interval?.[0]).toBeGreaterThan(9);
  expect(row).toMatchObject({ met: false, goal: '≤ 9 ms' });
});

test('what is added is the difference of the percentiles, which may be negative', () => {
  const added = { ...input, fraction: 0.5 };
  expect(addedLatencyRow({ ...added, ours: spread(8), bare: spread(4) }).ours).toBeCloseTo(2, 1);
  expect(addedLatencyRow({ ...added, ours: spread(4), bare: spread(8) }).ours).toBeCloseTo(-2, 1);
  const { interval, ratio, peers } = addedLatencyRow({ ...added, ours: spread(8), bare: spread(4) });
  expect(interval?.[0]).toBeGreaterThan(1.5);
  expect(interval?.[1]).toBeLessThan(2.5);
  expect({ ratio, peers }).toEqual({ ratio: null, peers: {} });
});
