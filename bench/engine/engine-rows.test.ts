import { expect, test } from 'vitest';
import { engineRows } from './engine-rows.ts';

const run = (tokensPerSecond: number, toCallerMs: readonly number[]) => ({
  tokens: toCallerMs.length,
  tokensPerSecond,
  toCallerMs,
  toPageMs: toCallerMs.map((ms) => ms / 2),
});
const rowsOf = (ours: Parameters<typeof engineRows>[0]['ours'], rates: readonly number[]) => {
  const peers = rates.map((tokensPerSecond) => ({ tokens: 64, tokensPerSecond }));
  return Object.fromEntries(engineRows({ ours, peers, peerName: 'wllama' }).map((row) => [row.id, row]));
};

test('gaps of all runs are taken together, and the slowest hundredth is judged', () => {
  const fast = Array.from({ length: 99 }, () => 0.4);
  const rows = rowsOf([run(20, [...fast, 9]), run(20, [...fast, 0.4])], [20, 20]);
  expect(rows['engine.llamacpp.gap.added.p50']).toMatchObject({ ours: 0.4, ratio: null, met: true, unit: 'ms' });
  expect(rows['engine.llamacpp.gap.added.p99']).toMatchObject({ goal: '≤ 2 ms', met: true });
  expect(rows['engine.llamacpp.gap.page.p99']?.ours).toBeCloseTo(0.2);
});

test('more than a hundredth of late tokens is too many', () => {
  const gaps = Array.from({ length: 100 }, (_, token) => (token < 97 ? 0.4 : 5));
  expect(rowsOf([run(20, gaps)], [20])['engine.llamacpp.gap.added.p99']).toMatchObject({ ours: 5, met: false });
});

test('decode is the median of the pairs’ ratios, and five per cent may be lost', () => {
  const gaps = [0.1, 0.1];
  const rows = rowsOf([run(19.2, gaps), run(9.6, gaps), run(14.4, gaps)], [20, 10, 15]);
  expect(rows['engine.llamacpp.decode']).toMatchObject({
    ours: 14.4,
    peers: { wllama: 15 },
    goal: 'ratio ≥ 0.95',
    met: true,
  });
  expect(rows['engine.llamacpp.decode']?.ratio).toBeCloseTo(0.96);
  expect(rowsOf([run(18, gaps)], [20])['engine.llamacpp.decode']?.met).toBe(false);
});
