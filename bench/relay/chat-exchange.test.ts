import { expect, test } from 'vitest';
import {
  answerBytes,
  chatAnswer,
  chatRequest,
  lastEvents,
  requestBytes,
  streamRequest,
  tokenEvent,
} from './chat-exchange.ts';

const data = (events: string) =>
  events
    .split('\n\n')
    .filter(Boolean)
    .map((event) => event.replace(/^data: /, ''));

test('request and answer have exactly the size that the figures are told for', () => {
  expect(Buffer.byteLength(chatRequest())).toBe(requestBytes);
  expect(Buffer.byteLength(chatAnswer())).toBe(answerBytes);
});

test('both are what OpenAI’s clients send and take', () => {
  expect(JSON.parse(chatRequest())).toMatchObject({ model: 'bench', messages: [{ role: 'system' }, { role: 'user' }] });
  expect(JSON.parse(chatAnswer()).choices[0]).toMatchObject({ message: { role: 'assistant' }, finish_reason: 'stop' });
});

test('a streamed answer is asked for by its number of tokens', () => {
  expect(JSON.parse(streamRequest(3))).toMatchObject({ stream: true, max_tokens: 3 });
});

test('its events carry a token each, then the reason, the usage and the end', () => {
  const [token] = data(tokenEvent('one '));
  expect(JSON.parse(token ?? '').choices[0].delta).toEqual({ content: 'one ' });
  const [finish, usage, done] = data(lastEvents(3));
  expect(JSON.parse(finish ?? '').choices[0].finish_reason).toBe('length');
  expect(JSON.parse(usage ?? '').usage.completion_tokens).toBe(3);
  expect(done).toBe('[DONE]');
});
