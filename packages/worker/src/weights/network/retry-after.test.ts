import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const here = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');
const read = (headers: Record<string, string>) => retryAfterMs(new Response('', { headers }), { epochMs: () => here });

test.each([
  ['nothing', {}, 0],
  ['seconds', { 'Retry-After': '7' }, 7_000],
  ['no time at all', { 'Retry-After': '0' }, 0],
  ['an hour', { 'Retry-After': '3600' }, 60_000],
  ['more than a number holds', { 'Retry-After': '9'.repeat(400) }, 60_000],
  ['a date', { 'Retry-After': 'Wed, 21 Oct 2026 07:28:20 GMT' }, 20_000],
  ['a date that is over', { 'Retry-After': 'Wed, 21 Oct 2026 07:00:00 GMT' }, 0],
  ['a date in a year', { 'Retry-After': 'Thu, 21 Oct 2027 07:28:00 GMT' }, 60_000],
  ['a negative time', { 'Retry-After': '-5' }, 0],
  ['a word', { 'Retry-After': 'soon' }, 0],
])('a server that asks for %s', (_, headers, expected) => {
  expect(read(headers)).toBe(expected);
});

test('a date is taken by the clock of the server that wrote it, where it tells that', () => {
  const headers = { Date: 'Wed, 21 Oct 2026 09:00:00 GMT', 'Retry-After': 'Wed, 21 Oct 2026 09:00:05 GMT' };
  expect(read(headers)).toBe(5_000);
});

test('whatever a server says, the wait is between nothing and a minute', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme-ascii' }), fc.nat().map(String), fc.date().map(String));
  fc.assert(
    fc.property(text, text, (retryAfter, date) => {
      const ms = read({ 'Retry-After': retryAfter, Date: date });
      expect(ms >= 0 && ms <= 60_000).toBe(true);
    }),
  );
});
