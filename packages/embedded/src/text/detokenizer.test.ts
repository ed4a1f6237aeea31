import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDetokenizer } from './detokenizer.ts';

/** A vocabulary of byte strings: token n is the n-th of these pieces. */
function run(pieces: readonly Uint8Array[]): string[] {
  const detokenizer = createDetokenizer((tokens) =>
    Buffer.concat(tokens.map((token) => pieces[token] ?? new Uint8Array())).toString('utf8'),
  );
  return pieces.map((_, token) => detokenizer.push(token));
}

const byByte = (text: string) => [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));

test('a character of four bytes comes whole, with its last byte', () => {
  expect(run(byByte('🦙'))).toEqual(['', '', '', '🦙']);
});

test('a token that ends one character and begins the next shows the first', () => {
  const bytes = Buffer.from('漢字');
  expect(run([bytes.subarray(0, 2), bytes.subarray(2, 4), bytes.subarray(4)])).toEqual(['', '漢', '字']);
});

const clean = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\uFFFD') && text.isWellFormed());

test('whatever is written in any script arrives unharmed, however its bytes are cut into tokens', () => {
  fc.assert(
    fc.property(clean, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (text, sizes) => {
      const bytes = Buffer.from(text);
      const pieces: Uint8Array[] = [];
      for (let start = 0, turn = 0; start < bytes.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        pieces.push(bytes.subarray(start, start + size));
        start += size;
      }
      fc.pre(pieces.length < 64);
      const shown = run(pieces);
      expect(shown.join('')).toBe(text);
      expect(shown.some((piece) => piece.includes('\uFFFD'))).toBe(false);
    }),
  );
});

test('a character that is cut by the end is not shown in part', () => {
  expect(run(byByte('ab漢').slice(0, 4)).join('')).toBe('ab');
});

test('bytes that never become a character do not hold the rest back for ever', () => {
  const broken = Array.from({ length: 9 }, () => Uint8Array.of(0xff));
  expect(run([...broken, ...byByte('ok')]).join('')).toMatch(/ok$/);
});

test('decoding knows what came before, as vocabularies with leading blanks need', () => {
  const seen: (readonly number[])[] = [];
  const detokenizer = createDetokenizer(
    (tokens, before) => {
      seen.push(before);
      return tokens.join('');
    },
    [1, 2, 3, 4, 5],
  );
  detokenizer.push(6);
  detokenizer.push(7);
  expect(seen).toEqual([
    [2, 3, 4, 5],
    [3, 4, 5, 6],
  ]);
});
