import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signedBytes } from './manifest-signature.ts';

const textOf = (manifest: unknown) => new TextDecoder().decode(signedBytes(manifest));

test('what is signed is canonical JSON: sorted keys, no blanks', () => {
  expect(textOf({ b: [1, { d: 'é', c: null }], a: true })).toBe('{"a":true,"b":[1,{"c":null,"d":"é"}]}');
});

test('the signature itself is not signed; the same word further down is', () => {
  expect(textOf({ signature: 'x', files: [{ signature: 'y' }] })).toBe('{"files":[{"signature":"y"}]}');
});

test('keys are sorted by UTF-16 code units, as RFC 8785 asks', () => {
  expect(textOf({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  );
});

test('whatever the order of the keys, the same bytes are signed, and they mean the same', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (manifest) => {
      // Read from JSON, as a manifest is; its parser turns -0 into 0 when it is written again.
      const parsed: Record<string, unknown> = JSON.parse(JSON.stringify(manifest));
      const reversed = Object.fromEntries(Object.entries(parsed).reverse());
      expect(textOf(reversed)).toBe(textOf(parsed));
      const { signature: _, ...rest } = parsed;
      expect(JSON.parse(textOf(parsed))).toEqual(JSON.parse(JSON.stringify(rest)));
    }),
  );
});

test('what is nested deeper than any manifest is refused in words, not by the stack', () => {
  const deep = JSON.parse(`{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  expect(() => signedBytes(deep)).toThrow(expect.objectContaining({ code: 'catalog.bad-manifest' }));
  const fine = JSON.parse(`{"x":${'['.repeat(60)}${']'.repeat(60)}}`);
  expect(signedBytes(fine).length).toBe(126);
});

test.each([null, 'text', [1]])('%j is no manifest', (value) => {
  expect(() => signedBytes(value)).toThrow('must be an object');
});
