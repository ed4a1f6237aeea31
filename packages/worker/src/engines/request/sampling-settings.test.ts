import { type ChatRequest, features } from '@orilla/contract';
import { expect, test } from 'vitest';
import { samplingSettings } from './sampling-settings.ts';

const plain: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
/** Requests as they come from outside: nobody has checked them against the types. */
const settings = (fields: object, can: typeof features | readonly [] = features) =>
  samplingSettings({ ...plain, ...fields }, { features: can });

const defaults = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
  logitBias: new Map(),
  stop: [],
  choices: 1,
  responseFormat: { type: 'text' },
  tools: [],
  toolChoice: 'none',
  parallelToolCalls: true,
};

test('a plain request has the defaults of OpenAI', () => {
  expect(settings({})).toEqual(defaults);
});

test('null is as if the field were not there', () => {
  const fields = ['temperature', 'top_p', 'seed', 'stop', 'logprobs', 'top_logprobs', 'logit_bias', 'n', 'tools'];
  const more = ['max_tokens', 'response_format', 'tool_choice', 'parallel_tool_calls', 'audio', 'unheard_of'];
  expect(settings(Object.fromEntries([...fields, ...more].map((field) => [field, null])))).toEqual(defaults);
});

test('takes the sampling fields over', () => {
  const fields = {
    temperature: 0,
    top_p: 0.9,
    top_k: 40,
    min_p: 0.05,
    seed: -7,
    presence_penalty: 0.1,
    frequency_penalty: -0.2,
    repetition_penalty: 1.1,
    logit_bias: { 5: -100, 12: 3.5 },
  };
  expect(settings(fields)).toMatchObject({
    temperature: 0,
    topP: 0.9,
    topK: 40,
    minP: 0.05,
    seed: -7,
    presencePenalty: 0.1,
    frequencyPenalty: -0.2,
    repetitionPenalty: 1.1,
    logitBias: new Map([
      [5, -100],
      [12, 3.5],
    ]),
  });
  expect(settings({ top_k: -1 })).toMatchObject({ topK: 0 });
});

test('the newer name of the token limit wins, and the older one is checked all the same', () => {
  expect(settings({ max_tokens: 5 })).toMatchObject({ maxTokens: 5 });
  expect(settings({ max_completion_tokens: 3 })).toMatchObject({ maxTokens: 3 });
  expect(settings({ max_tokens: 5, max_completion_tokens: 3 })).toMatchObject({ maxTokens: 3 });
  expect(() => settings({ max_tokens: 'x', max_completion_tokens: 3 })).toThrow('`max_tokens` must be a number');
});

test('stop strings come as a list, without empty ones', () => {
  expect(settings({ stop: 'END' })).toMatchObject({ stop: ['END'] });
  expect(settings({ stop: ['a', '', 'b'] })).toMatchObject({ stop: ['a', 'b'] });
});

test('tells how many candidates are shown, and nothing where no log probability is asked for', () => {
  expect(settings({ logprobs: false })).not.toHaveProperty('topLogprobs');
  expect(settings({ logprobs: true })).toMatchObject({ topLogprobs: 0 });
  expect(settings({ logprobs: true, top_logprobs: 5 })).toMatchObject({ topLogprobs: 5 });
});

test('takes the three kinds of response formats', () => {
  const schema = { type: 'object' };
  const json_schema = { name: 'n', strict: true, schema };
  expect(settings({ response_format: { type: 'text' } })).toMatchObject({ responseFormat: { type: 'text' } });
  expect(settings({ response_format: { type: 'json_object' } })).toMatchObject({
    responseFormat: { type: 'json_object' },
  });
  expect(settings({ response_format: { type: 'json_schema', json_schema } })).toMatchObject({
    responseFormat: { type: 'json_schema', json_schema: { name: 'n', schema } },
  });
});

const look = { type: 'function', function: { name: 'look', description: 'Looks.', parameters: { type: 'object' } } };

test('takes functions as tools, chosen freely unless told otherwise', () => {
  expect(settings({ tools: [look] })).toMatchObject({ tools: [look], toolChoice: 'auto' });
  expect(settings({ tools: [look], tool_choice: 'required' })).toMatchObject({ toolChoice: 'required' });
  const one = { type: 'function', function: { name: 'look' } };
  expect(settings({ tools: [look], tool_choice: one })).toMatchObject({ toolChoice: one });
  expect(settings({ tools: [look], parallel_tool_calls: false })).toMatchObject({ parallelToolCalls: false });
});

test('tools that must not be called are not shown, so that any engine can do it', () => {
  expect(settings({ tools: [look], tool_choice: 'none' }, [])).toEqual(defaults);
});

test.each([
  ['functions', [{ name: 'f' }]],
  ['function_call', { name: 'f' }],
  ['audio', { voice: 'v' }],
  ['modalities', ['text', 'audio']],
  ['web_search_options', {}],
  ['unheard_of', 1],
  ['response_format', { type: 'grammar' }],
  ['tools', [{ type: 'custom', custom: { name: 'c' } }]],
  ['tool_choice', { type: 'allowed_tools', allowed_tools: {} }],
])('%s is refused as unsupported, by its name', (param, value) => {
  expect(() => settings({ [param]: value })).toThrow(
    expect.objectContaining({ code: 'capability.unsupported', param, advice: expect.any(String) }),
  );
});

test.each([
  ['n', { n: 2 }],
  ['logprobs', { logprobs: true }],
  ['response_format', { response_format: { type: 'json_object' } }],
  ['response_format', { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {} } } }],
  ['tools', { tools: [look] }],
])('%s is refused as unsupported where the engine has no such feature', (param, fields) => {
  expect(() => settings(fields)).not.toThrow();
  expect(() => settings(fields, [])).toThrow(expect.objectContaining({ code: 'capability.unsupported', param }));
});

test.each([
  ['n', 1],
  ['tools', []],
  ['tool_choice', 'none'],
  ['tool_choice', 'auto'],
  ['functions', []],
  ['function_call', 'auto'],
  ['modalities', ['text']],
  ['logprobs', false],
  ['top_logprobs', 0],
  ['web_search_options', undefined],
  ['user', 'someone'],
  ['stream', true],
  ['stream_options', { include_usage: true }],
  ['metadata', { a: 'b' }],
])('%s of %j asks for nothing special, even of an engine that does text only', (param, value) => {
  expect(settings({ [param]: value }, [])).toEqual(defaults);
});

test.each([
  ['temperature', 'warm'],
  ['temperature', Number.NaN],
  ['temperature', -0.1],
  ['top_p', 1.1],
  ['top_k', 1.5],
  ['top_k', -2],
  ['min_p', -1],
  ['presence_penalty', 2.5],
  ['frequency_penalty', true],
  ['repetition_penalty', 0],
  ['seed', {}],
  ['seed', 0.5],
  ['max_tokens', '5'],
  ['max_tokens', 0],
  ['max_completion_tokens', -1],
  ['n', 0],
  ['n', 'two'],
  ['logprobs', 'yes'],
  ['top_logprobs', 3],
  ['stop', [1]],
  ['stop', 5],
  ['logit_bias', { hello: 1 }],
  ['logit_bias', { 5: 'much' }],
  ['logit_bias', { 5: 101 }],
  ['logit_bias', [1]],
  ['response_format', 'json'],
  ['response_format', {}],
  ['response_format', { type: 'json_schema', json_schema: { name: 'n' } }],
  ['response_format', { type: 'json_schema' }],
  ['tools', {}],
  ['tools', ['look']],
  ['tools', [{ type: 'function' }]],
  ['tools', [{ type: 'function', function: { name: 'look here' } }]],
  ['tools', [{ type: 'function', function: { name: 'look', description: 1 } }]],
  ['tools', [{ type: 'function', function: { name: 'look', parameters: [] } }]],
  ['tool_choice', 'required'],
  ['tool_choice', 'perhaps'],
  ['tool_choice', { type: 'function', function: { name: 'look' } }],
  ['parallel_tool_calls', 'no'],
])('%s of %j is told as one that no server would take', (param, value) => {
  expect(() => settings({ [param]: value })).toThrow(expect.objectContaining({ code: 'protocol.bad-request', param }));
});

test('top_logprobs is limited as OpenAI does', () => {
  expect(() => settings({ logprobs: true, top_logprobs: 21 })).toThrow('`top_logprobs` must be from 0 to 20');
});
