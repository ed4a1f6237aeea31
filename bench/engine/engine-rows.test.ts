import { expect, test } from 'vitest';
import { engineRows } from './engine-rows.ts';

const run = (tokensPerSecond: number, toCallerMs: readonly number[]) => ({
  tokens: toCallerMs.length,
  tokensPerSecond,
  toCallerMs,
  toPageMs: toCallerMs.map((ms) => ms / 2),
});

interface Measured {
  readonly ours: readonly ReturnType<typeof run>[];
  readonly rates?: readonly number[];
  readonly bareMs?: readonly number[];
}

function rowsOf({ ours, rates = ours.map(() => 20), bareMs = [0.1] }: Measured) {
  const peers = rates.map((tokensPerSecond) => ({ tokens: 64, tokensPerSecond }));
  const rows = engineRows({ ours, peers, bare: [{ toCallerMs: bareMs }] }, { peerName: 'wllama' });
  return Object.fromEntries(rows.map((row) => [row.id.replace('engine.llamacpp.', ''), row]));
}

const hundred = (late: number, ms: number) => Array.from({ length: 100 }, (_, token) => (token < late ? ms : 0.4));

test('gaps of all runs are taken together, and the slowest hundredth is judged', () => {
  const rows = rowsOf({ ours: [run(20, hundred(1, 9)), run(20, hundred(0, 9))] });
  expect(rows['gap.added.p50']?.ours).toBeCloseTo(0.3);
  expect(rows['gap.added.p99']).toMatchObject({ goal: '≤ 2 ms', met: true, unit: 'ms', ratio: null });
  expect(rows['gap.p99']).toMatchObject({ goal: '≤ 2 ms', met: true });
  expect(rows['gap.p50']).toMatchObject({ ours: 0.4, peers: { 'bare worker': 0.1 } });
  expect(rows['gap.page.p99']?.ours).toBeCloseTo(0.2);
});

test('more than a hundredth of late tokens is too many', () => {
  expect(rowsOf({ ours: [run(20, hundred(3, 5))] })['gap.added.p99']).toMatchObject({ ours: 4.9, met: false });
});

test('what a bare worker needs too is not added by us, but the caller waits for it all the same', () => {
  const rows = rowsOf({ ours: [run(20, hundred(3, 5))], bareMs: hundred(3, 4) });
  expect(rows['gap.added.p99']).toMatchObject({ ours: 1, met: true });
  expect(rows['gap.p99']).toMatchObject({
    ours: 5,
    peers: { 'bare worker': 4 },
    ratio: 1.25,
    goal: '≤ 2 ms',
    met: false,
  });
});

test('decode is the median of the pairs’ ratios, and five per cent may be lost', () => {
  const gaps = [0.1, 0.1];
  const { decode } = rowsOf({ ours: [run(19.2, gaps), run(9.6, gaps), run(14.4, gaps)], rates: [20, 10, 15] });
  expect(decode).toMatchObject({ ours: 14.4, peers: { wllama: 15 }, goal: 'ratio ≥ 0.95', met: true });
  expect(decode?.ratio).toBeCloseTo(0.96);
  expect(rowsOf({ ours: [run(18, gaps)] }).decode?.met).toBe(false);
});
