import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsonLogger } from './json-logger.ts';

function collect() {
  const lines: string[] = [];
  const logger = createJsonLogger((line) => lines.push(line), {
    now: () => 1_700_000_000_000,
    pid: 7,
    hostname: 'h"1',
  });
  return { lines, logger };
}

test('an event is one line of JSON: level, time, process, then its own fields', () => {
  const { lines, logger } = collect();
  logger.info({ event: 'closed', cut: 2 });
  logger.warn({ event: 'connections-refused', count: 1 });
  logger.error({ event: 'internal-error', requestId: null, name: 'TypeError', at: '' });
  const shared = { time: 1_700_000_000_000, pid: 7, hostname: 'h"1' };
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { level: 30, ...shared, event: 'closed', cut: 2 },
    { level: 40, ...shared, event: 'connections-refused', count: 1 },
    { level: 50, ...shared, event: 'internal-error', requestId: null, name: 'TypeError', at: '' },
  ]);
  expect(lines[0]).toBe('{"level":30,"time":1700000000000,"pid":7,"hostname":"h\\"1","event":"closed","cut":2}\n');
});

test('without options it tells this process and the time now', () => {
  const lines: string[] = [];
  const before = Date.now();
  createJsonLogger((line) => lines.push(line)).info({ event: 'closed', cut: 0 });
  const { time, pid, hostname } = JSON.parse(lines.join(''));
  expect(time).toBeGreaterThanOrEqual(before);
  expect(pid).toBe(process.pid);
  expect(hostname).toEqual(expect.stringMatching(/./));
});

test('whatever a text holds, it stays in its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { lines, logger } = collect();
      logger.info({ event: 'upstream-says', upstream: 'own', text });
      expect(lines.join('').split('\n')).toHaveLength(2);
      expect(JSON.parse(lines.join(''))).toMatchObject({ text });
    }),
  );
});
