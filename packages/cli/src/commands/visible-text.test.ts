import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleLines, visibleText } from './visible-text.ts';

test('what a terminal acts on is shown, and not acted on', () => {
  expect(visibleText('a\u001b[2J\u0007.bin')).toBe('a\\u{1b}[2J\\u{7}.bin');
  expect(visibleText('all holds.\nfake')).toBe('all holds.\\u{a}fake');
  expect(visibleText('a\u202egpj.exe\u009b1m\u2028')).toBe('a\\u{202e}gpj.exe\\u{9b}1m\\u{2028}');
  expect(visibleLines('a\u001b\n  b\r')).toBe('a\\u{1b}\n  b\\u{d}');
});

test('other letters of all the world stay what they are', () => {
  for (const text of ['modèle ñ 漢字 😀.gguf', 'a b\\c']) expect(visibleText(text)).toBe(text);
});

test('nothing that moves a cursor is left of any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\u202a-\u202e]/u.test(visibleText(text))));
});
