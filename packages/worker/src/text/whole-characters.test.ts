import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wholeCharacters } from './whole-characters.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('cut anywhere, two parts are the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(99), (text, cut) => {
      const bytes = utf8(text);
      const first = wholeCharacters(bytes.slice(0, cut));
      const second = wholeCharacters(Uint8Array.from([...first.rest, ...bytes.slice(cut)]));
      expect(first.text + second.text).toBe(text);
      expect(second.rest).toHaveLength(0);
      expect(first.rest.length).toBeLessThan(4);
    }),
  );
});

test('whatever the bytes, cutting them changes nothing of what is read', () => {
  const bytes = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(bytes, fc.nat(12), (all, cut) => {
      const first = wholeCharacters(all.slice(0, cut));
      const second = wholeCharacters(Uint8Array.from([...first.rest, ...all.slice(cut)]));
      const whole = wholeCharacters(all);
      expect(first.text + second.text).toBe(whole.text);
      expect(second.rest).toEqual(whole.rest);
    }),
    { numRuns: 1000 },
  );
});

test('a mark at the beginning of a text is a character like any other', () => {
  expect(wholeCharacters(utf8('\uFEFFa')).text).toBe('\uFEFFa');
});
