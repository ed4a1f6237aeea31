import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsonEnd } from './json-end.ts';

/** What is let through of a text that comes in pieces of this length, and whether it ended. */
function through(text: string, length: number) {
  const end = createJsonEnd();
  const characters = [...text];
  let shown = '';
  for (let at = 0; at < characters.length; at += length) shown += end.push(characters.slice(at, at + length).join(''));
  return { shown, ended: end.ended };
}

test('white space after an object is none of it', () => {
  expect(through('{\n "a": [1, 2]\n}\n\n\n\n', 1)).toEqual({ shown: '{\n "a": [1, 2]\n}', ended: true });
});

test('brackets and quotes inside of a text end nothing', () => {
  expect(through('{"a": "}]\\"", "b": 1', 3)).toEqual({ shown: '{"a": "}]\\"", "b": 1', ended: false });
});

test('a number at the top is over with the white space after it, and may go on until then', () => {
  expect(through('12', 1)).toEqual({ shown: '12', ended: false });
  expect(through('12\n\n', 1)).toEqual({ shown: '12', ended: true });
});

test('white space before the value is let through', () => {
  expect(through('  true ', 2)).toEqual({ shown: '  true', ended: true });
});

test('whatever the value and however it is cut, the value is let through whole and nothing after it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 7 }), fc.boolean(), (value, length, isWide) => {
      const text = JSON.stringify(value, null, isWide ? 2 : 0);
      expect(through(`${text}\n\n more`, length)).toEqual({ shown: text, ended: true });
    }),
  );
});
