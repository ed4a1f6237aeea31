import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureReason, internalError } from './relay-log.ts';

const secret = 'Zanzibar';

function logged(error: unknown): string {
  return JSON.stringify(internalError(error, 'id-1'));
}

test('a mistake is told by its name and its place', () => {
  const event = internalError(new TypeError(secret), 'id-1');
  expect(event).toEqual({
    event: 'internal-error',
    requestId: 'id-1',
    name: 'TypeError',
    at: expect.stringMatching(/^at .*relay-log\.test\.ts:\d+:\d+/),
  });
});

test('no more than five places are told, of five frames', () => {
  const deep = (depth: number): Error => (depth === 0 ? new Error(secret) : deep(depth - 1));
  const event = internalError(deep(20), null);
  expect('at' in event && event.at.split(' | ')).toHaveLength(5);
});

test.each([
  `\n    at ${secret} (file.ts:1:1)`,
  `one\n    at ${secret}\n    at ${secret}`,
  `    at ${secret}\n`,
  `Error: one\n    at ${secret}\nError: two\n    at ${secret}`,
])('a message that looks like a stack is not taken for one: %j', (message) => {
  for (const error of [new Error(message), new RangeError(message), new DOMException(message, 'DataError')]) {
    expect(logged(error)).not.toContain(secret);
    expect(logged(error)).toContain('relay-log.test');
  }
});

test('a cause is not told either', () => {
  const cause = new Error(`\n    at ${secret}`);
  expect(logged(new Error('outer', { cause }))).not.toContain(secret);
  expect(logged(new AggregateError([cause], 'outer'))).not.toContain(secret);
});

test.each(['after', '', 'at', 'test'])(
  'a message that was changed to %j once the stack stood tells no place',
  (message) => {
    const error = new Error(`before\n    at ${secret}`);
    expect(error.stack).toContain(secret); // V8 writes it when it is first asked for
    error.message = message;
    expect(internalError(error, null)).toMatchObject({ at: '' });
  },
);

test('an error that Node itself threw, with its code beside its name, has its place told', () => {
  const thrown = () => Buffer.from(Number(secret) as unknown as string); // wrong on purpose
  expect(thrown).toThrow(TypeError);
  try {
    thrown();
  } catch (error) {
    expect(logged(error)).toContain('relay-log.test');
  }
});

test('an error without a message has its place told', () => {
  const error = new Error();
  error.stack = 'Error\n    at place.ts:1:1'; // as V8 writes it; the test runner writes it in another way
  expect(internalError(error, null)).toMatchObject({ at: 'at place.ts:1:1' });
});

test('an error without a stack, and what is no error, tell what there is', () => {
  const bare = new Error(secret);
  delete bare.stack;
  expect(internalError(bare, null)).toMatchObject({ name: 'Error', at: '' });
  expect(internalError(secret, null)).toMatchObject({ name: 'string', at: '' });
  expect(internalError({ stack: `    at ${secret}` }, null)).toMatchObject({ name: 'object', at: '' });
});

test('whatever the lines of a message are, none of them is told', () => {
  const line = fc.constantFrom('', ' ', '    at ', `    at ${secret}`, secret, 'Error: ', `Error: ${secret}`, ': ');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      expect(logged(new Error(lines.join('\n')))).not.toContain(secret);
    }),
  );
});

test.each([
  [Object.assign(new Error(secret), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [Object.assign(new Error(secret), { name: 'HTTPParserError' }), 'HTTP_PARSER'],
  [Object.assign(new Error(secret), { code: `E ${secret}` }), 'unknown'],
  [Object.assign(new Error(secret), { code: 7 }), 'unknown'],
  [new Error(secret), 'unknown'],
  [secret, 'unknown'],
  [null, 'unknown'],
])('a failure is told by a word from a closed shape only: case %#', (error, word) => {
  expect(failureReason(error)).toBe(word);
});
