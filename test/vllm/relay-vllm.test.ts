import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { postJson, startTestRelay } from '../integration/relay/relay-under-test.ts';
import { watchSockets } from './socket-watch.ts';
import { vllmModel, vllmUnderTest } from './vllm-under-test.ts';

const vllm = vllmUnderTest();
const question = [{ role: 'user' as const, content: 'What is the capital of France?' }];
const chat = { model: vllmModel, messages: question, temperature: 0, max_tokens: 16 };
const path = '/v1/chat/completions';

/** The relay as an operator would have it: one model, served by the real vLLM. */
function relayTo(url: string, apiKey = vllm.apiKey) {
  const models = [{ name: vllmModel, upstreams: [{ upstream: 'gpu', model: vllmModel }], contextLength: 4096 }];
  return startTestRelay({ upstreams: [{ name: 'gpu', kind: 'vllm', url: new URL(url), apiKey }], models });
}
const openaiTo = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 0 });

test('a chat is answered by vLLM, with its usage', async () => {
  const relay = await relayTo(vllm.url);
  const before = await vllm.metric('vllm:request_success_total');
  const response = await postJson(relay.url + path, chat, { headers: { 'Orilla-Receipt': '1' } });
  expect(response.headers.get('orilla-place')).toBe('relay');
  expect(response.headers.get('orilla-upstream-zone')).toBe('on-premises');
  expect(await response.json()).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: expect.stringContaining('Paris') }, finish_reason: 'stop' }],
    usage: { prompt_tokens: expect.any(Number), completion_tokens: 8 },
    orilla: { receipt: { parts: [{ place: 'relay', zone: 'on-premises', tokens: 8 }], finishReason: 'stop' } },
  });
  // vLLM counts after it has answered.
  await expect.poll(() => vllm.metric('vllm:request_success_total'), { timeout: 10_000 }).toBe(before + 1);
});

test("a stream arrives in vLLM's own order: role, tokens, finish reason, usage, [DONE]", async () => {
  const relay = await relayTo(vllm.url);
  const body = { ...chat, stream: true, stream_options: { include_usage: true } };
  const text = await (await postJson(relay.url + path, body)).text();
  const events = text.split('\n\n').filter(Boolean);
  expect(events.at(-1)).toBe('data: [DONE]');
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)));
  expect(chunks[0].choices[0].delta).toMatchObject({ role: 'assistant' });
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toContain('Paris');
  expect(chunks.at(-2).choices[0].finish_reason).toBe('stop');
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 8 } });
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
});

test("a stream's receipt comes on its last chunk, asked for or not the usage does not come twice", async () => {
  const relay = await relayTo(vllm.url);
  const body = { ...chat, stream: true };
  const withReceipt = await postJson(relay.url + path, body, { headers: { 'Orilla-Receipt': '1' } });
  const receipts = (await withReceipt.text()).match(/"receipt"/g);
  expect(receipts).toHaveLength(1);
  expect(await (await postJson(relay.url + path, body)).text()).not.toContain('"usage":{');
});

test('the unchanged openai client chats, streams and lists models', async () => {
  const relay = await relayTo(vllm.url);
  const openai = openaiTo(relay.url);
  const completion = await openai.chat.completions.create(chat);
  expect(completion.choices[0]?.message.content).toContain('Paris');
  let text = '';
  for await (const chunk of await openai.chat.completions.create({ ...chat, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toBe(completion.choices[0]?.message.content);
  const models = await openai.models.list();
  expect(models.data.map(({ id }) => id)).toEqual([vllmModel]);
  // vLLM's card names the folder of the weights on its own machine.
  expect(JSON.stringify(models.data)).not.toMatch(/root|permission/);
});

test('a text completion takes token ids as its prompt', async () => {
  const relay = await relayTo(vllm.url);
  const completion = await openaiTo(relay.url).completions.create({
    model: vllmModel,
    // "The capital of France is", as the model's own vocabulary spells it.
    prompt: [504, 3575, 282, 4649, 314],
    max_tokens: 2,
    temperature: 0,
  });
  expect(completion.choices[0]?.text).toContain('Paris');
  expect(completion.usage?.prompt_tokens).toBe(5);
});

test('a prompt too long for vLLM is the error that OpenAI’s clients know', async () => {
  const relay = await relayTo(vllm.url);
  const messages = [{ role: 'user' as const, content: 'word '.repeat(5000) }];
  const asked = openaiTo(relay.url).chat.completions.create({ ...chat, messages });
  await expect(asked).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  await expect(asked).rejects.toMatchObject({ code: 'context_length_exceeded', type: 'invalid_request_error' });
  expect(relay.logText()).not.toContain('word word');
});

test('a model that vLLM does not have is the operator’s mistake, one that the relay does not have the caller’s', async () => {
  const models = [{ name: 'here', upstreams: [{ upstream: 'gpu', model: 'not-there' }], contextLength: 4096 }];
  const relay = await startTestRelay({
    upstreams: [{ name: 'gpu', kind: 'vllm', url: new URL(vllm.url), apiKey: vllm.apiKey }],
    models,
  });
  const openai = openaiTo(relay.url);
  const unknown = openai.chat.completions.create({ ...chat, model: 'nobody' });
  await expect(unknown).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await expect(unknown).rejects.toMatchObject({ code: 'model_not_found', param: 'model' });
  await expect(openai.chat.completions.create({ ...chat, model: 'here' })).rejects.toBeInstanceOf(OpenAI.APIError);
});

test('vLLM’s refusal of the relay’s own key, whose error is a text, is a bad gateway and not the caller’s fault', async () => {
  const response = await fetch(`${vllm.url}/v1/models`);
  expect(await response.json()).toEqual({ error: 'Unauthorized' });
  const relay = await relayTo(vllm.url, 'sk-wrong');
  const answer = await postJson(relay.url + path, chat);
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({ error: { type: 'server_error', message: expect.any(String) } });
});

test('an endpoint that this vLLM does not serve is an error in OpenAI’s shape', async () => {
  const relay = await relayTo(vllm.url);
  const answer = await postJson(`${relay.url}/v1/embeddings`, { model: vllmModel, input: 'x' });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(await answer.json()).toMatchObject({ error: { message: expect.any(String), type: expect.any(String) } });
});

test.each([
  '/tokenize',
  '/metrics',
  '/invocations',
  '/version',
  '/load',
  '/pause',
  '/v1/messages',
  '/inference/v1/generate',
])('what vLLM leaves open at %s is not there through the relay', async (closed) => {
  const relay = await relayTo(vllm.url);
  expect((await postJson(relay.url + closed, chat)).status).toBe(404);
});

test('a client that stops closes vLLM’s socket within 50 ms, and vLLM stops computing', async () => {
  await using watch = await watchSockets(vllm.url);
  const relay = await relayTo(watch.url);
  const delays: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const stopping = new AbortController();
    const long = { ...chat, max_tokens: 2000, stream: true, messages: tellAStory };
    const response = await postJson(relay.url + path, long, { signal: stopping.signal });
    await response.body?.getReader().read();
    await expect.poll(() => vllm.metric('vllm:num_requests_running'), { timeout: 10_000 }).toBe(1);
    const closed = watch.nextClose();
    const stopped = performance.now();
    stopping.abort();
    delays.push((await closed) - stopped);
    await expect.poll(() => vllm.metric('vllm:num_requests_running'), { timeout: 10_000 }).toBe(0);
  }
  const median = delays.toSorted((a, b) => a - b)[2];
  console.log(
    `from the client's stop to the closed upstream socket: ${delays.map((ms) => ms.toFixed(1)).join(', ')} ms`,
  );
  expect(median).toBeLessThan(50);
});

const tellAStory = [{ role: 'user' as const, content: 'Tell me a very long story about a river and the sea.' }];

test('four streams at once are all answered whole', async () => {
  const relay = await relayTo(vllm.url);
  const answers = await Promise.all(
    Array.from({ length: 4 }, async () => (await postJson(relay.url + path, { ...chat, stream: true })).text()),
  );
  for (const answer of answers) expect(answer).toMatch(/Paris[\s\S]*data: \[DONE\]\n\n$/);
});
