import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStopFilter } from './stop-filter.ts';

function run(pieces: readonly string[], stops: readonly string[]) {
  const filter = createStopFilter(stops);
  const shown: string[] = [];
  for (const piece of pieces) {
    shown.push(filter.push(piece));
    if (filter.stopped) break;
  }
  return { shown, text: shown.join('') + filter.flush(), stopped: filter.stopped };
}

test('without stop strings everything is shown at once', () => {
  expect(run(['a', 'b', ''], []).shown).toEqual(['a', 'b', '']);
});

test('a stop string inside one piece ends the text before it', () => {
  expect(run(['one STOP two', 'three'], ['STOP'])).toMatchObject({ text: 'one ', stopped: true });
});

test('a stop string spread over pieces is never shown, not even its beginning', () => {
  const { shown, stopped } = run(['Hel', 'lo\n', '\nUs', 'er', ': x'], ['\n\nUser:']);
  expect(shown.join('')).toBe('Hello');
  expect(stopped).toBe(true);
});

test('what only looked like a beginning is shown as soon as that is clear', () => {
  expect(run(['a\n', 'b'], ['\n\n']).shown).toEqual(['a', '\nb']);
});

test('what was held back at the end is shown', () => {
  expect(run(['a\n'], ['\n\n'])).toMatchObject({ shown: ['a'], text: 'a\n', stopped: false });
});

test('of several stop strings the earliest one ends the text', () => {
  expect(run(['abcdef'], ['ef', 'cd', 'd']).text).toBe('ab');
});

test('a stop string inside a longer one that began before it ends the text, whole or in pieces', () => {
  expect(run(['abca'], ['abca', 'bc']).text).toBe('a');
  expect(run(['abc', 'a'], ['abca', 'bc']).text).toBe('a');
});

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
const stopStrings = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
  maxLength: 3,
});

test('however a text is cut into pieces, the result is the same', () => {
  fc.assert(
    fc.property(letters, stopStrings, fc.array(fc.nat(5), { minLength: 1 }), (text, stops, sizes) => {
      const pieces: string[] = [];
      for (let start = 0, turn = 0; start < text.length; turn++) {
        const size = (sizes[turn % sizes.length] ?? 0) + 1;
        pieces.push(text.slice(start, start + size));
        start += size;
      }
      expect(run(pieces, stops).text).toBe(run([text], stops).text);
    }),
    { numRuns: 2000 },
  );
});

test('what is shown is the text up to the first stop string, and never holds one', () => {
  fc.assert(
    fc.property(letters, stopStrings, (text, stops) => {
      const result = run([...text], stops);
      expect(text.startsWith(result.text)).toBe(true);
      for (const stop of stops) expect(result.text.includes(stop)).toBe(false);
      expect(result.stopped).toBe(stops.some((stop) => text.includes(stop)));
    }),
  );
});
