import { expect, test } from 'vitest';
import { backendRows } from './backend-rows.ts';

const times = (factor: number) => ({
  writeMs: 1_000 * factor,
  cold: [1, 2, 3].map((run) => ({ openMs: 10 * run * factor, readMs: 100 * run * factor })),
  warm: [1, 2, 3].map((run) => ({ openMs: run * factor, readMs: 50 * run * factor })),
});

test('a row for writing, and for opening and reading, cold and warm: IndexedDB beside OPFS, pair by pair', () => {
  const rows = backendRows({ indexeddb: times(2), opfs: times(1) });
  expect(rows.map(({ id, ours, peers, ratio }) => [id, ours, peers.OPFS, ratio])).toEqual([
    ['weights.backend.write', 2_000, 1_000, 2],
    ['weights.backend.open.cold', 40, 20, 2],
    ['weights.backend.read.cold', 400, 200, 2],
    ['weights.backend.open.warm', 4, 2, 2],
    ['weights.backend.read.warm', 200, 100, 2],
  ]);
});

test('it is reported only: it decides a default, and holds nothing up', () => {
  expect(backendRows({ indexeddb: times(9), opfs: times(1) }).every(({ met }) => met)).toBe(true);
});
