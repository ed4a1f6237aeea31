import { expect, test } from 'vitest';
import { endpoints } from '../http/endpoints.ts';
import { answerJson } from './answer-json.ts';

const whole = { index: 0, message: { role: 'assistant', content: 'Paris.' }, finish_reason: 'stop' };

function read(answer: unknown, choices = 1, endpoint: keyof typeof endpoints = 'chat') {
  const request = { endpoint: endpoints[endpoint], encoding: 'float', choices } as const;
  return answerJson(Buffer.from(JSON.stringify(answer)), request, { model: 'here', receipt: null });
}

test.each([
  ['no choices', { choices: [] }],
  ['a choice that has not come to its end', { choices: [{ ...whole, finish_reason: null }] }],
  ['a choice without a finish reason', { choices: [{ index: 0, message: whole.message }] }],
  ['one of two choices unfinished', { choices: [whole, { ...whole, index: 1, finish_reason: '' }] }],
  ['choices that are no list', { choices: { 0: whole } }],
  ['a choice that is no object', { choices: ['Paris.'] }],
])('%s: that is no answer, for a chat and for a completion', (_name, answer) => {
  for (const endpoint of ['chat', 'completions'] as const) {
    expect(() => read(answer, 1, endpoint)).toThrowError(
      expect.objectContaining({ code: 'relay.upstream-failed', status: 502 }),
    );
  }
});

test('who asked for two choices gets two or an error', () => {
  expect(() => read({ choices: [whole] }, 2)).toThrowError(expect.objectContaining({ status: 502 }));
  expect(JSON.parse(read({ choices: [whole, { ...whole, index: 1 }] }, 2)).choices).toHaveLength(2);
});

test('"error": null is no error, and is not for the client', () => {
  expect(JSON.parse(read({ error: null, model: 'here', choices: [whole] }))).toEqual({
    model: 'here',
    choices: [whole],
  });
});

test('an answer that needs no change is passed on as it was written', () => {
  const text = `{"model" : "here", "choices":[${JSON.stringify(whole)}], "x":1.0e2}`;
  const request = { endpoint: endpoints.chat, encoding: 'float', choices: 1 } as const;
  expect(answerJson(Buffer.from(text), request, { model: 'here', receipt: null })).toBe(text);
});
