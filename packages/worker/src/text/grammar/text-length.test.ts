import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noText, textLength } from './text-length.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('counts the characters of a text, wherever its bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'é', '漢', '🙂', '\\"', '\\\\'), maxLength: 12 }),
      fc.nat(60),
      (inside, cut) => {
        const bytes = utf8(`{"": "${inside}`);
        const told = textLength(textLength(noText, bytes.slice(0, cut)), bytes.slice(cut));
        expect(told).toMatchObject({ isInText: true, length: [...JSON.parse(`"${inside}"`)].length });
      },
    ),
  );
});

test('between texts nothing is counted, and each begins anew', () => {
  expect(textLength(noText, utf8('{"abc": 12'))).toMatchObject({ isInText: false, most: 3 });
  expect(textLength(textLength(noText, utf8('["abc')), utf8('d", "e'))).toEqual({
    isInText: true,
    isEscaped: false,
    length: 1,
    most: 4,
  });
});
