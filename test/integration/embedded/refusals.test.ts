import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capitalOfFrance, type Embedded, startEmbedded } from './embedded-client.ts';

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded({ contextLength: 512, sequences: 2 });
});
afterAll(() => embedded.upstream.stop());

const chat = '/v1/chat/completions';
const messages = capitalOfFrance;

async function refusal(path: string, body: unknown) {
  const { status, text } = await embedded.post(path, body);
  const { error } = JSON.parse(text);
  expect(error.message.length).toBeGreaterThan(10);
  return { status, code: error.code, param: error.param, type: error.type, message: error.message };
}

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const schema = (schema: unknown) => ({
  messages,
  response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
});

test.each([
  ['no messages', {}, 'messages'],
  ['empty messages', { messages: [] }, 'messages'],
  ['a message that is none', { messages: ['hi'] }, 'messages[0]'],
  ['an unknown role', { messages: [{ role: 'wizard', content: 'x' }] }, 'messages[0].role'],
  ['content that is a number', user(4), 'messages[0].content'],
  ['a part that is a text', user(['x']), 'messages[0].content[0]'],
  ['a text part without text', user([{ type: 'text' }]), 'messages[0].content[0].text'],
  ['a temperature above 2', { messages, temperature: 2.5 }, 'temperature'],
  ['a temperature that is a text', { messages, temperature: '1' }, 'temperature'],
  ['top_p below 0', { messages, top_p: -0.1 }, 'top_p'],
  ['a seed with a fraction', { messages, seed: 1.5 }, 'seed'],
  ['no tokens at all', { messages, max_tokens: 0 }, 'max_tokens'],
  ['stream as a text', { messages, stream: 'yes' }, 'stream'],
  ['an empty stop string', { messages, stop: [''] }, 'stop'],
  ['five stop strings', { messages, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
  ['stream options without a stream', { messages, stream_options: { include_usage: true } }, 'stream_options'],
  ['a field nobody knows', { messages, temprature: 1 }, 'temprature'],
  ['an unknown response format', { messages, response_format: { type: 'xml' } }, 'response_format.type'],
  [
    'a length that is a text',
    schema({ type: 'string', minLength: 'x' }),
    'response_format.json_schema.schema.minLength',
  ],
  ['a choice of nothing', schema({ enum: [] }), 'response_format.json_schema.schema.enum'],
  ['a schema that is none', schema('x'), 'response_format.json_schema.schema'],
])('%s is refused, naming the field', async (_, body, param) => {
  expect(await refusal(chat, body)).toMatchObject({
    status: 400,
    code: 'invalid_request',
    param,
    type: 'invalid_request_error',
  });
});

test.each([
  ['tools', { messages, tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools'],
  ['log probabilities', { messages, logprobs: true }, 'logprobs'],
  ['a bias', { messages, logit_bias: { 1: 5 } }, 'logit_bias'],
  ['more choices than sequences', { messages, n: 3 }, 'n'],
  [
    'a picture',
    user([{ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }]),
    'messages[0].content[0].type',
  ],
  [
    'a tool message',
    { messages: [...messages, { role: 'tool', content: 'x', tool_call_id: '1' }] },
    'messages[2].role',
  ],
  ['a pattern', schema({ type: 'string', pattern: 'a+' }), 'response_format.json_schema.schema.pattern'],
  [
    'a minimum',
    schema({ type: 'object', properties: { a: { type: 'number', minimum: 1 } } }),
    'response_format.json_schema.schema.properties.a.minimum',
  ],
  ['a constant that is an object', schema({ const: {} }), 'response_format.json_schema.schema.const'],
  ['ten million items', schema({ type: 'array', minItems: 1e7 }), 'response_format.json_schema.schema.minItems'],
  ['anyOf', schema({ anyOf: [{ type: 'string' }] }), 'response_format.json_schema.schema.type'],
  [
    'a required property without description',
    schema({ type: 'object', required: ['a'] }),
    'response_format.json_schema.schema.required',
  ],
])('%s is not supported, and that is said, not ignored', async (_, body, param) => {
  expect(await refusal(chat, body)).toMatchObject({ status: 400, code: 'unsupported_feature', param });
});

describe('a prompt that is too long', () => {
  const long = 'word '.repeat(600);

  test('is refused as such by every route, without waiting for its turn', async () => {
    const endless = { prompt: 'Once upon a time', max_tokens: 500, temperature: 0, stream: true };
    const busy = [embedded.open('/v1/completions', endless), embedded.open('/v1/completions', endless)];
    const streams = await Promise.all(busy.map(({ response }) => response));
    for (const [path, body] of [
      [chat, user(long)],
      ['/v1/completions', { prompt: long }],
      ['/v1/completions', { prompt: Array.from({ length: 513 }, () => 5) }],
    ] as const) {
      const refused = await refusal(path, body);
      expect(refused).toMatchObject({ status: 400, code: 'context_length_exceeded', type: 'invalid_request_error' });
    }
    expect(streams.map(({ readableEnded }) => readableEnded)).toEqual([false, false]);
    for (const [index, stream] of streams.entries()) {
      stream.on('error', () => undefined); // the reset that this side causes
      busy[index]?.sent.destroy();
    }
    expect(await refusal('/v1/embeddings', { input: 'word '.repeat(1_100) })).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    });
  });

  test('is refused together with an answer that would not fit behind it', async () => {
    const refused = await refusal(chat, { messages, max_tokens: 500 });
    expect(refused).toMatchObject({ status: 400, code: 'context_length_exceeded' });
    expect(refused.message).toContain('512');
  });

  test('is refused without being kept where it is longer than any prompt can be', async () => {
    expect(await refusal(chat, user('x'.repeat(3_000_000)))).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    });
  });

  test('never shows in the message', async () => {
    const { message } = await refusal(chat, user(`secret ${long}`));
    expect(message).not.toContain('secret');
  });
});

test('a prompt that fills the context to the last token but one is answered with that one', async () => {
  const answer = JSON.parse(
    (await embedded.post('/v1/completions', { prompt: Array.from({ length: 511 }, () => 5), temperature: 0 })).text,
  );
  expect(answer.usage).toMatchObject({ prompt_tokens: 511, completion_tokens: 1 });
  expect(answer.choices[0].finish_reason).toBe('length');
});

test.each([
  ['an id beyond the vocabulary', [5, 49_152]],
  ['a huge id', [2 ** 40]],
  ['a negative id', [-1]],
  ['a broken id', [1.5]],
])('%s is refused and does not end the process', async (_, ids) => {
  expect(await refusal('/v1/completions', { prompt: ids })).toMatchObject({ status: 400, param: 'prompt' });
  expect(await refusal('/v1/embeddings', { input: ids })).toMatchObject({ status: 400, param: 'input' });
  expect((await embedded.get('/health')).status).toBe(200);
});

test.each([
  ['several prompts', '/v1/completions', { prompt: ['a', 'b'] }, 'prompt'],
  ['an empty prompt', '/v1/completions', { prompt: '' }, 'prompt'],
  ['no input', '/v1/embeddings', {}, 'input'],
  ['an empty input', '/v1/embeddings', { input: '' }, 'input'],
  ['an input of mixed things', '/v1/embeddings', { input: ['a', 5] }, 'input[1]'],
  ['257 inputs', '/v1/embeddings', { input: Array.from({ length: 257 }, () => 'a') }, 'input'],
  ['other dimensions', '/v1/embeddings', { input: 'a', dimensions: 3 }, 'dimensions'],
  ['a packed encoding', '/v1/embeddings', { input: 'a', encoding_format: 'base64' }, 'encoding_format'],
  ['an unknown encoding', '/v1/embeddings', { input: 'a', encoding_format: 'hex' }, 'encoding_format'],
  ['nothing to count', '/tokenize', {}, 'prompt'],
])('%s is refused', async (_, path, body, param) => {
  expect(await refusal(path, body)).toMatchObject({ status: 400, param });
});

test.each([
  ['{"messages": [', 'invalid_json'],
  ['', 'invalid_json'],
  ['[]', 'invalid_request'],
  ['null', 'invalid_request'],
  ['"secret"', 'invalid_request'],
])('a body that is %j is refused', async (body, code) => {
  const refused = await refusal(chat, body);
  expect(refused).toMatchObject({ status: 400, code });
  expect(refused.message).not.toContain('secret');
});

test.each([
  ['GET', '/'],
  ['GET', '/v1'],
  ['GET', '/v1/chat/completions'],
  ['GET', '/__proto__'],
  ['GET', '/constructor'],
])('%s %s does not exist', async (_, path) => {
  expect((await embedded.get(path)).status).toBe(404);
});

test('after all of this it still answers', async () => {
  const answer = JSON.parse((await embedded.post(chat, { messages, temperature: 0 })).text);
  expect(answer.choices[0].message.content).toBe('The capital of France is Paris.');
  expect(embedded.logged).toEqual([]);
});
