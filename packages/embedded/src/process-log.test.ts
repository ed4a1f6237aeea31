import { expect, test } from 'vitest';
import { createProcessLog } from './process-log.ts';

function record() {
  const messages: string[] = [];
  const log = createProcessLog(({ level, message }) => messages.push(`${level} ${message}`));
  return { log, messages };
}

test('while the model loads, the native code is quoted: it knows of the file only', () => {
  const { log, messages } = record();
  log.native('warn', 'the context is smaller than the model was trained for\n');
  log.native('error', 'tensor data is not within the file');
  expect(messages).toEqual([
    'warn the context is smaller than the model was trained for',
    'error tensor data is not within the file',
  ]);
});

test('once requests are answered, it is told once per level that the native code complained, and not a word of it', () => {
  const { log, messages } = record();
  log.requestsBegin();
  for (let count = 0; count < 1_000; count++) {
    log.native('warn', 'val0 ::= "Zanzibar"');
    log.native('error', 'Zanzibar cannot be parsed');
  }
  expect(messages.map((message) => message.split(' ', 1)[0])).toEqual(['warn', 'error']);
  expect(messages.join()).toContain('the native code complained');
  expect(messages.join()).not.toContain('Zanzibar');
});

test('a failure is told by its name and place', () => {
  const { log, messages } = record();
  log.failure(new TypeError('Zanzibar is not a function'));
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatch(/^error an answer failed: TypeError \| at .*process-log\.test\.ts:\d+:\d+/);
  expect(messages[0]).not.toContain('Zanzibar');
});

const changed = new Error('first');
changed.message = 'Zanzibar';
const renamed = new Error('x');
renamed.name = 'Zanzibar prompt';
const withoutStack = new Error('Zanzibar');
delete withoutStack.stack;
const inner = new Error('outer', { cause: new Error('Zanzibar') });

test.each([
  ['several lines that look like frames', new Error('first line\n    at Zanzibar (prompt.txt:1:1)\n    at Zanzibar')],
  ['a message that was changed', changed],
  ['a name that is no name', renamed],
  ['no stack', withoutStack],
  ['a cause', inner],
  ['a text instead of an error', 'Zanzibar'],
  ['an object instead of an error', { message: 'Zanzibar' }],
  ['nothing', undefined],
])('a failure with %s tells nothing of what it says', (_, error) => {
  const { log, messages } = record();
  log.failure(error);
  expect(messages).toHaveLength(1);
  expect(messages[0]).not.toContain('Zanzibar');
});

test('an error without a message has its frames, too', () => {
  const { log, messages } = record();
  log.failure(new RangeError());
  expect(messages[0]).toMatch(/RangeError \| at /);
});
