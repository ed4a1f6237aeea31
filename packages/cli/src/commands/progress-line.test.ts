import { expect, test } from 'vitest';
import { progressLine } from './progress-line.ts';

function watched() {
  const seen: string[] = [];
  const time = { now: 0 };
  const line = progressLine((text) => seen.push(text), 'Packing', { now: () => time.now });
  return { seen, time, line };
}

test('the line is written at most four times a second', () => {
  const { seen, time, line } = watched();
  for (let ms = 0; ms < 1_000; ms += 10) {
    time.now = ms;
    line.show(ms, 1_000);
  }
  expect(seen).toHaveLength(4);
});

test('sizes and shares are told, the share only where the whole is known', () => {
  const { seen, time, line } = watched();
  line.show(50_000_000, 400_000_000);
  time.now = 300;
  line.show(150_000_000, 0);
  expect(seen.map((text) => text.replace('\r\u001b[2K', ''))).toEqual([
    'Packing: 50.0 MB of 400 MB, 12 %',
    'Packing: 150 MB',
  ]);
});

test('nothing is cleared that was not written, and nothing is written where nobody watches', () => {
  const { seen, line } = watched();
  line.end();
  expect(seen).toEqual([]);
  progressLine(undefined, 'Packing').show(1, 2);
});
