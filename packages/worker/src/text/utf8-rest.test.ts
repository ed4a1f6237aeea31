import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Rest } from './utf8-rest.ts';

const isUtf8 = (bytes: readonly number[]) => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
};

test('every text is UTF-8 to its end, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(99), (text, cut) => {
      const bytes = [...new TextEncoder().encode(text)];
      const begun = utf8Rest([], bytes.slice(0, cut));
      expect(begun && utf8Rest(begun, bytes.slice(cut))).toEqual([]);
    }),
  );
});

test('agrees with the decoder of the platform', () => {
  const byte = fc.oneof(
    fc.integer({ min: 0x80, max: 0xff }),
    fc.constantFrom(0x41, 0xe0, 0xed, 0xf0, 0xf4, 0x80, 0x9f, 0xa0, 0xbf),
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 5 }), (bytes) => {
      expect(utf8Rest([], bytes)?.length === 0).toBe(isUtf8(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('what has begun is kept, and what can become nothing is told at once', () => {
  expect(utf8Rest([], [0x41, 0xf0, 0x9f])).toEqual([0xf0, 0x9f]);
  for (const bytes of [[0xc0], [0xe0, 0x80], [0xed, 0xa0], [0xf4, 0x90], [0xff], [0x80]])
    expect(utf8Rest([], bytes)).toBeNull();
});
