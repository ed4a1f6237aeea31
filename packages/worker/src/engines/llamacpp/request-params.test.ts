import type { ChatRequest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { requestParams } from './request-params.ts';

const plain: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
/** Requests as they come from outside: nobody has checked them against the types. */
const params = (fields: object) => requestParams({ ...plain, ...fields });

test('a plain request asks for nothing but its messages', () => {
  expect(params({})).toEqual({ messages: [{ role: 'user', content: 'hi' }] });
});

test('takes the sampling fields over', () => {
  const fields = {
    temperature: 0,
    top_p: 0.9,
    top_k: 40,
    min_p: 0.05,
    seed: 7,
    presence_penalty: 0.1,
    frequency_penalty: -0.2,
  };
  expect(params(fields)).toMatchObject(fields);
});

test('the newer name of the token limit wins', () => {
  expect(params({ max_tokens: 5 })).toMatchObject({ max_tokens: 5 });
  expect(params({ max_tokens: 5, max_completion_tokens: 3 })).toMatchObject({ max_tokens: 3 });
});

test('stop strings come as a list, without empty ones', () => {
  expect(params({ stop: 'END' })).toMatchObject({ stop: ['END'] });
  expect(params({ stop: ['a', '', 'b'] })).toMatchObject({ stop: ['a', 'b'] });
  expect(params({ stop: null })).not.toHaveProperty('stop');
});

test('asks for log probabilities only where the caller does', () => {
  expect(params({ logprobs: false })).not.toHaveProperty('logprobs');
  expect(params({ logprobs: true })).toMatchObject({ logprobs: true, top_logprobs: 1 });
  expect(params({ logprobs: true, top_logprobs: 5 })).toMatchObject({ logprobs: true, top_logprobs: 5 });
});

test('takes the three kinds of response formats', () => {
  const schema = { type: 'object' };
  expect(params({ response_format: { type: 'text' } })).toMatchObject({ response_format: { type: 'text' } });
  expect(params({ response_format: { type: 'json_object' } })).toMatchObject({
    response_format: { type: 'json_object' },
  });
  expect(
    params({ response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } } }),
  ).toMatchObject({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } });
});

test.each([
  ['n', 2],
  ['tools', [{ type: 'function', function: { name: 'f' } }]],
  ['functions', [{ name: 'f' }]],
  ['tool_choice', 'required'],
  ['audio', { voice: 'v' }],
  ['modalities', ['text', 'audio']],
  ['web_search_options', {}],
  ['repetition_penalty', 1.1],
  ['response_format', { type: 'grammar' }],
])('%s is refused as unsupported, by its name', (param, value) => {
  expect(() => params({ [param]: value })).toThrow(
    expect.objectContaining({ code: 'capability.unsupported', param, advice: expect.any(String) }),
  );
});

test.each([
  ['n', 1],
  ['tools', []],
  ['tool_choice', 'none'],
  ['modalities', ['text']],
  ['audio', null],
  ['web_search_options', undefined],
  ['user', 'someone'],
  ['stream_options', { include_usage: true }],
  ['metadata', { a: 'b' }],
])('%s of %j asks for nothing special', (param, value) => {
  expect(Object.keys(params({ [param]: value }))).toEqual(['messages']);
});

test.each([
  ['temperature', 'warm'],
  ['temperature', Number.NaN],
  ['max_tokens', '5'],
  ['seed', {}],
  ['stop', [1]],
  ['stop', 5],
  ['logit_bias', { hello: 1 }],
  ['logit_bias', { 5: 'much' }],
  ['response_format', { type: 'json_schema', json_schema: { name: 'n' } }],
])('%s of the wrong type never reaches the engine, which it would crash', (param, value) => {
  expect(() => params({ [param]: value })).toThrow(expect.objectContaining({ code: 'protocol.bad-request', param }));
});
