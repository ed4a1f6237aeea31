import { expect, test } from 'vitest';
import { busyShare } from './busy-share.ts';

const processor = (user: number, idle: number) => ({ times: { user, nice: 0, sys: 0, irq: 0, idle } });

function readings(...each: readonly (readonly ReturnType<typeof processor>[])[]) {
  const values = each.values();
  return () => values.next().value ?? [];
}

test('is the part of all processors’ time that was not idle, in that moment only', async () => {
  const readCpus = readings([processor(900, 100), processor(0, 1000)], [processor(1000, 100), processor(0, 1100)]);
  expect(await busyShare({ momentMs: 1, readCpus })).toBe(0.5);
});

test('a machine at rest is not busy, and one without clocks is taken for that', async () => {
  const readCpus = readings([processor(7, 100)], [processor(7, 200)]);
  expect(await busyShare({ momentMs: 1, readCpus })).toBe(0);
  expect(await busyShare({ momentMs: 1, readCpus: () => [] })).toBe(0);
});

test('reads this machine’s own clocks', async () => {
  const share = await busyShare({ momentMs: 100 });
  expect(share).toBeGreaterThanOrEqual(0);
  expect(share).toBeLessThanOrEqual(1);
});
