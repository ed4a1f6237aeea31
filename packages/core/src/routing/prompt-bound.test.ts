import type { ChatMessage, ChatRequest } from '@orilla/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerTokens, defaultMaxTokens, promptBound } from './prompt-bound.ts';

const boundOf = (content: string) => {
  const bound = promptBound({ model: 'm', messages: [{ role: 'user', content }] });
  return 'upperBound' in bound ? bound.upperBound : Number.NaN;
};

test('never bounds a text below its UTF-8 length, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(boundOf(text) - boundOf('')).toBe(Buffer.byteLength(text));
    }),
  );
});

test('counts half a surrogate pair as the replacement character that it becomes', () => {
  expect(boundOf('\ud83d') - boundOf('')).toBe(3);
});

test('keeps room for the template around the messages', () => {
  expect(boundOf('')).toBeGreaterThan(64);
});

const user: ChatMessage = { role: 'user', content: '' };
test.each<[string, Partial<ChatRequest>]>([
  ['parts', { messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }] }],
  ['names', { messages: [{ role: 'user', content: '', name: 'somebody' }] }],
  ['tools', { messages: [user], tools: [{ type: 'function', function: { name: 'look' } }] }],
  [
    'tool calls',
    {
      messages: [
        { role: 'assistant', tool_calls: [{ id: '1', type: 'function', function: { name: 'look', arguments: '{}' } }] },
      ],
    },
  ],
])('counts %s too', (_, change) => {
  expect(promptBound({ model: 'm', messages: [user], ...change })).not.toEqual(
    promptBound({ model: 'm', messages: [user] }),
  );
});

test('the answer takes what the request says, and a default where it says nothing', () => {
  const messages = [{ role: 'user', content: 'x' } as const];
  expect(answerTokens({ model: 'm', messages, max_tokens: 5 })).toBe(5);
  expect(answerTokens({ model: 'm', messages, max_tokens: 5, max_completion_tokens: 7 })).toBe(7);
  expect(answerTokens({ model: 'm', messages })).toBe(defaultMaxTokens);
});
