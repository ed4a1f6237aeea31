import type { LoadProgress } from '@orilla/contract';
import { expect, test } from 'vitest';
import { ProgressMeter } from './progress-meter.ts';

function makeMeter() {
  const reports: LoadProgress[] = [];
  const clock = { nowMs: 0 };
  const meter = new ProgressMeter({ now: () => clock.nowMs, report: (progress) => reports.push(progress) });
  return { meter, reports, clock };
}

test('reports a phase at once, with its figures', () => {
  const { meter, reports } = makeMeter();
  meter.enter('manifest', { totalBytes: 1_000 });
  meter.enter('download', { storedBytes: 200, totalBytes: 1_100 });
  expect(reports).toEqual([
    { phase: 'manifest', storedBytes: 0, totalBytes: 1_000, fetchedBytes: 0, bytesPerSecond: 0, secondsLeft: null },
    { phase: 'download', storedBytes: 200, totalBytes: 1_100, fetchedBytes: 0, bytesPerSecond: 0, secondsLeft: null },
  ]);
});

test('reports arriving bytes ten times a second, however many pieces they come in', () => {
  const { meter, reports, clock } = makeMeter();
  meter.enter('download', { totalBytes: 1_000_000 });
  for (let ms = 1; ms <= 1_000; ms += 1) {
    clock.nowMs = ms;
    meter.fetched(10);
  }
  expect(reports.length).toBe(1 + 10);
  expect(reports.at(-1)?.fetchedBytes).toBe(10_000);
  expect(meter.fetchedBytes).toBe(10_000);
});

test('tells speed and time left', () => {
  const { meter, reports, clock } = makeMeter();
  meter.enter('download', { totalBytes: 10_000 });
  for (let ms = 100; ms <= 2_000; ms += 100) {
    clock.nowMs = ms;
    meter.fetched(100);
  }
  meter.stored(2_000);
  const last = reports.at(-1);
  expect(last?.bytesPerSecond).toBeGreaterThan(950);
  expect(last?.bytesPerSecond).toBeLessThan(1_100);
  expect(last?.secondsLeft).toBeCloseTo(8_000 / (last?.bytesPerSecond ?? 1), 5);
});

test('speed follows the connection: after five seconds without a byte it is nothing, and no time is promised', () => {
  const { meter, reports, clock } = makeMeter();
  meter.enter('download', { totalBytes: 10_000 });
  meter.fetched(5_000);
  clock.nowMs = 5_001;
  meter.stored(1);
  expect(reports.at(-1)).toMatchObject({ bytesPerSecond: 0, secondsLeft: null });
});

test('the first bytes do not make a speed beyond belief', () => {
  const { meter, reports } = makeMeter();
  meter.enter('download', { totalBytes: 10_000 });
  meter.fetched(1_000);
  meter.stored(0);
  expect(reports.at(-1)?.bytesPerSecond).toBe(10_000);
});

test('no time left is told outside the download', () => {
  const { meter, reports } = makeMeter();
  meter.enter('download', { totalBytes: 10_000 });
  meter.fetched(1_000);
  meter.enter('open');
  expect(reports.at(-1)).toMatchObject({ phase: 'open', secondsLeft: null });
});
