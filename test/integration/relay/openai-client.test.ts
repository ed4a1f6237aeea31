import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { startTestRelay, testKey } from './relay-under-test.ts';
import { answerWell, chunk, sendJson, startStream, startUpstreamDouble } from './upstream-double.ts';

const messages = [{ role: 'user', content: 'What is the capital of France?' }] as const;

/** The unchanged client, a relay with a key, and an upstream double in good health (the real one is tested elsewhere). */
async function setUp(answer = answerWell) {
  const upstream = await startUpstreamDouble(answer);
  const relay = await startTestRelay({
    upstreams: [{ name: 'own', url: upstream.url }],
    keys: [testKey('tester', 'sk-right')],
  });
  const client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: 'sk-right', maxRetries: 0 });
  return { upstream, relay, client };
}

test('chat', async () => {
  const { client, upstream } = await setUp();
  const answer = await client.chat.completions.create({ model: 'model-here', messages: [...messages], temperature: 0 });
  expect(answer.choices[0]?.message.content).toBe('Paris.');
  expect(answer.model).toBe('model-here');
  expect(answer.usage?.total_tokens).toBe(10);
  expect(answer._request_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(upstream.seen[0]).toMatchObject({
    path: '/v1/chat/completions',
    body: { model: 'model-there', temperature: 0 },
  });
});

test('streamed chat, with and without usage', async () => {
  const { client } = await setUp();
  for (const include of [true, false]) {
    const stream = await client.chat.completions.create({
      model: 'model-here',
      messages: [...messages],
      stream: true,
      stream_options: { include_usage: include },
    });
    let text = '';
    let tokens = 0;
    for await (const part of stream) {
      expect(part.model).toBe('model-here');
      text += part.choices[0]?.delta.content ?? '';
      tokens += part.usage?.total_tokens ?? 0;
    }
    expect(text).toBe('Paris.');
    expect(tokens).toBe(include ? 10 : 0);
  }
});

test('text completion', async () => {
  const { client } = await setUp();
  const answer = await client.completions.create({ model: 'model-here', prompt: 'The capital of France is' });
  expect(answer.choices[0]?.text).toBe(' Paris.');
});

test('the list of models and one of it', async () => {
  const { client } = await setUp();
  const models = await client.models.list();
  expect(models.data).toEqual([
    { id: 'model-here', object: 'model', created: expect.any(Number), owned_by: 'orilla', max_model_len: 4096 },
  ]);
  expect(await client.models.retrieve('model-here')).toMatchObject({ id: 'model-here' });
});

test('embeddings as the client asks by itself (base64), and as floats, from an upstream that knows floats only', async () => {
  const { client, upstream } = await setUp();
  const byItself = await client.embeddings.create({ model: 'model-here', input: ['a', 'b'] });
  expect(byItself.data.map((item) => item.embedding)).toEqual([
    [0.5, -1.25, 0],
    [0.5, -1.25, 1],
  ]);
  const floats = await client.embeddings.create({ model: 'model-here', input: 'a', encoding_format: 'float' });
  expect(floats.data[0]?.embedding).toEqual([0.5, -1.25, 0]);
  expect(upstream.seen.map(({ body }) => body.encoding_format)).toEqual(['float', 'float']);
});

test('errors arrive as the client’s own exceptions', async () => {
  const { relay, client } = await setUp();
  const ask = (by: OpenAI, model: string) => by.chat.completions.create({ model, messages: [...messages] });
  const stranger = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: 'sk-wrong', maxRetries: 0 });
  const denied = ask(stranger, 'model-here');
  await expect(denied).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  await expect(denied).rejects.toMatchObject({ status: 401, code: 'invalid_api_key', type: 'authentication_error' });
  const missing = ask(client, 'no-such-model');
  await expect(missing).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await expect(missing).rejects.toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  const bad = client.chat.completions.create({ model: 'model-here', messages: [...messages], n: 999 });
  await expect(bad).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  await expect(bad).rejects.toMatchObject({ param: 'n' });
  await expect(client.models.retrieve('other')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
});

test('a full upstream is a RateLimitError, a failing one an InternalServerError', async () => {
  const { client } = await setUp(({ body, response }) =>
    sendJson(response, body.seed === 1 ? 429 : 500, { error: 'no' }),
  );
  const ask = (seed: number) => client.chat.completions.create({ model: 'model-here', messages: [...messages], seed });
  await expect(ask(1)).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  await expect(ask(2)).rejects.toBeInstanceOf(OpenAI.InternalServerError);
});

test('an error in the middle of a stream is thrown, after the text before it', async () => {
  const { client } = await setUp(({ response }) => {
    startStream(response);
    response.write(chunk({ role: 'assistant', content: 'Par' }));
    response.end(
      'data: {"error":{"message":"engine died","type":"InternalServerError","code":500}}\n\ndata: [DONE]\n\n',
    );
  });
  const stream = await client.chat.completions.create({ model: 'model-here', messages: [...messages], stream: true });
  let text = '';
  const read = async () => {
    for await (const part of stream) text += part.choices[0]?.delta.content ?? '';
  };
  await expect(read()).rejects.toMatchObject({ code: 'upstream_failed' });
  expect(text).toBe('Par');
});

test('aborting a stream closes the upstream’s connection', async () => {
  const { client, upstream } = await setUp(({ response }) => {
    startStream(response);
    response.write(chunk({ role: 'assistant', content: 'Par' }));
  });
  const stream = await client.chat.completions.create({ model: 'model-here', messages: [...messages], stream: true });
  for await (const part of stream) {
    expect(part.choices[0]?.delta.content).toBe('Par');
    break;
  }
  await upstream.seen[0]?.aborted;
});
