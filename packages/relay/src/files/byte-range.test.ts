import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseByteRange } from './byte-range.ts';

test.each([
  ['bytes=0-0', { type: 'part', start: 0, end: 0 }],
  ['bytes=0-', { type: 'part', start: 0, end: 99 }],
  ['bytes=10-19', { type: 'part', start: 10, end: 19 }],
  ['bytes=90-1000', { type: 'part', start: 90, end: 99 }],
  ['bytes=-10', { type: 'part', start: 90, end: 99 }],
  ['bytes=-1000', { type: 'part', start: 0, end: 99 }],
  ['bytes=100-', { type: 'unsatisfiable' }],
  ['bytes=100-200', { type: 'unsatisfiable' }],
  ['bytes=-0', { type: 'unsatisfiable' }],
  [undefined, { type: 'whole' }],
  ['', { type: 'whole' }],
  ['bytes=', { type: 'whole' }],
  ['bytes=-', { type: 'whole' }],
  ['bytes=5-2', { type: 'whole' }],
  ['bytes=0-1,5-6', { type: 'whole' }],
  ['items=0-1', { type: 'whole' }],
  ['bytes=a-b', { type: 'whole' }],
  ['bytes=1.5-2', { type: 'whole' }],
  ['bytes=99999999999999999999-', { type: 'whole' }],
] as const)('%s of 100 bytes', (header, range) => {
  expect(parseByteRange(header, 100)).toEqual(range);
});

test('an empty file has no part to give', () => {
  expect(parseByteRange('bytes=0-', 0)).toEqual({ type: 'unsatisfiable' });
  expect(parseByteRange('bytes=-1', 0)).toEqual({ type: 'unsatisfiable' });
});

test('whatever is asked for, a part lies inside the file', () => {
  fc.assert(
    fc.property(fc.nat(), fc.option(fc.nat()), fc.option(fc.nat()), (size, first, last) => {
      const range = parseByteRange(`bytes=${first ?? ''}-${last ?? ''}`, size);
      if (range.type !== 'part') return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.start).toBeLessThanOrEqual(range.end);
      expect(range.end).toBeLessThan(size);
    }),
  );
});
