import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault } from './find-json-fault.ts';

const strict = { maxDepth: 1_000_000, checkStrings: true };

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('lets every text pass that JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 2), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      expect(findJsonFault(text, strict)).toBeNull();
      expect(findJsonFault(text, { maxDepth: 100 })).toBeNull();
    }),
  );
});

test('agrees with JSON.parse on damaged texts', () => {
  const damaged = fc
    .tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom('', '"', '\\', '}', ']', ',', ':', '0', '-', 'e', '.', '\n', '\u0000', 'u'),
    )
    .map(([json, at, cut, insert]) => {
      const index = at % (json.length + 1);
      return json.slice(0, index) + insert + json.slice(index + cut);
    });
  fc.assert(
    fc.property(damaged, (text) => {
      const fault = findJsonFault(text, strict);
      if (fault?.kind === 'duplicate-key') return; // JSON.parse lets those pass
      expect(fault === null).toBe(parses(text));
    }),
    { numRuns: 2000 },
  );
});

test('without looking inside strings it never refuses what JSON.parse takes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('"', '\\', 'a', '{', '}', '[', ']', ':', ',', '1', ' ') }),
      (text) => {
        const fault = findJsonFault(text, { maxDepth: 1000 });
        if (parses(text) && fault) expect(fault.kind).toBe('duplicate-key');
      },
    ),
    { numRuns: 2000 },
  );
});

test('finds a repeated key wherever it stands, however many keys there are', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 40 }), fc.nat(), (keys, pick) => {
      const members = keys.map((key) => `${JSON.stringify(key)}:1`);
      const text = `[{"outer":{${members.join(',')}}}]`;
      expect(findJsonFault(text, strict)).toBeNull();
      const again = JSON.stringify(keys[pick % keys.length]);
      const repeated = `[{"outer":{${members.join(',')},${again}:2}}]`;
      expect(findJsonFault(repeated, strict)).toEqual({
        kind: 'duplicate-key',
        position: repeated.length - `${again}:2}}]`.length,
      });
    }),
  );
});

test('sees through an escaped spelling of the same key', () => {
  expect(findJsonFault('{"model":"a","\\u006dodel":"b"}', strict)?.kind).toBe('duplicate-key');
  expect(findJsonFault('{"a\\/b":1,"a/b":2}', strict)?.kind).toBe('duplicate-key');
});

test('the same key in sibling or nested objects is no repetition', () => {
  expect(findJsonFault('[{"a":{"a":1}},{"a":2}]', strict)).toBeNull();
});

test('refuses nesting beyond the limit at the bracket that exceeds it', () => {
  expect(findJsonFault('[[[]]]', { maxDepth: 3 })).toBeNull();
  expect(findJsonFault('[[[[]]]]', { maxDepth: 3 })).toEqual({ kind: 'too-deep', position: 3 });
  expect(findJsonFault('{"a":'.repeat(100_000), { maxDepth: 64 })).toEqual({ kind: 'too-deep', position: 64 * 5 });
});

test.each([
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['[1 2]', 3],
  ['[01]', 2],
  ['{"a":tru}', 5],
  ['"open', 5],
  ['{"a":[1,2}', 9],
  ['', 0],
  ['{}{}', 2],
  ["{'a':1}", 1],
  ['{"a":"b\nc"}', 7],
  ['{"a":"\\x"}', 6],
])('tells where %j is wrong', (text, position) => {
  expect(findJsonFault(text, strict)).toEqual({ kind: 'syntax', position });
});

test('a long string full of escapes takes time in proportion to its length', () => {
  const text = `"${'\\\\\\"'.repeat(500_000)}"`;
  const started = performance.now();
  expect(findJsonFault(text, { maxDepth: 1 })).toBeNull();
  expect(performance.now() - started).toBeLessThan(1000);
});
