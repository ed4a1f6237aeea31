import type { ChatMessage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { plainMessages } from './plain-messages.ts';

/** Messages as they come from outside: nobody has checked them against the types. */
const plain = (...messages: readonly unknown[]) => plainMessages(messages as readonly ChatMessage[]);

test('keeps role and content, and nothing else', () => {
  expect(
    plain(
      { role: 'system', content: 'a' },
      { role: 'user', content: 'b', name: 'x' },
      { role: 'assistant', content: 'c' },
    ),
  ).toEqual([
    { role: 'system', content: 'a' },
    { role: 'user', content: 'b' },
    { role: 'assistant', content: 'c' },
  ]);
});

test('a developer’s message is a system message to an open model', () => {
  expect(plain({ role: 'developer', content: 'a' })).toEqual([{ role: 'system', content: 'a' }]);
});

test('parts of text are joined by line breaks', () => {
  const content = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
  ];
  expect(plain({ role: 'user', content })).toEqual([{ role: 'user', content: 'a\nb' }]);
  expect(plain({ role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] })[0]?.content).toBe('no');
});

test.each([
  [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }, 'messages[0].content[0].type'],
  [{ role: 'tool', content: 'x', tool_call_id: '1' }, 'messages[0].role'],
  [{ role: 'function', content: 'x', name: 'f' }, 'messages[0].role'],
  [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '' } }],
    },
    'messages[0].tool_calls',
  ],
])('what is not text is refused as unsupported: %j', (message, param) => {
  expect(() => plain(message)).toThrow(expect.objectContaining({ code: 'capability.unsupported', param }));
});

test.each([
  [{ role: 'nobody', content: 'x' }, 'messages[0].role'],
  [{ role: 'user' }, 'messages[0].content'],
  [{ role: 'user', content: 5 }, 'messages[0].content'],
  [{ role: 'assistant', content: null }, 'messages[0].content'],
])('what is no message is a bad request: %j', (message, param) => {
  expect(() => plain(message)).toThrow(expect.objectContaining({ code: 'protocol.bad-request', param }));
});

test('no messages are a bad request', () => {
  expect(() => plain()).toThrow(expect.objectContaining({ code: 'protocol.bad-request', param: 'messages' }));
});

test('no error holds what was said', () => {
  for (const message of [
    { role: 'secret-role', content: 'secret' },
    { role: 'user', content: [{ type: 'secret-type', text: 'secret' }] },
  ])
    expect(() => plain(message)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
});
