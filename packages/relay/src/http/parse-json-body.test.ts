import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonBody } from './parse-json-body.ts';

const parse = (text: string | Buffer) => parseJsonBody(Buffer.from(text), { maxDepth: 8 });

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
      const text = JSON.stringify(value);
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['', 'is empty'],
  ['{"a":"secret', 'position 12'],
  ['{"a":"sec\nret"}', 'position 9'],
  ['{"a":"sec\\qret"}', 'position 9'],
  ['{"secret":1,"secret":2}', 'same key twice'],
  [`${'['.repeat(20)}`, 'deeper than 8 levels, from position 8'],
  ['"secret"', 'not a JSON object'],
  ['[{"secret":1}]', 'not a JSON object'],
  ['null', 'not a JSON object'],
  [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'not UTF-8'],
])('refuses %j, saying where and not what', (body, words) => {
  let message = '';
  try {
    parse(body);
  } catch (error) {
    expect(error).toMatchObject({ code: 'protocol.bad-json' });
    message = String(error);
  }
  expect(message).toContain(words);
  expect(message).not.toContain('secret');
});

test('a key called __proto__ stays a plain key', () => {
  const body = parse('{"__proto__":{"polluted":true}}');
  expect(Object.keys(body)).toEqual(['__proto__']);
  expect('polluted' in {}).toBe(false);
});
