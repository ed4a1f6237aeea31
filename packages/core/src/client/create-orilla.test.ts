import { type ChatCompletionChunk, encodeError, isAbortError, OrillaError } from '@orilla/contract';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { loadedBy, token } from '../device/worker.double.ts';
import type { Orilla } from './create-orilla.ts';
import { catalog, messages, orillaDouble, relayAnswers, speaks, usage } from './orilla.double.ts';

test('answers on the device, and the receipt says so', async () => {
  const { orilla, server } = await orillaDouble(speaks);
  const completion = await orilla.chat.completions.create({ model: 'tiny', messages });
  expect(completion).toMatchObject({
    object: 'chat.completion',
    model: 'tiny',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Paris' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    orilla: {
      receipt: {
        privacy: { label: 'organization' },
        finishReason: 'stop',
        parts: [{ place: 'device', engine: 'llamacpp', backend: 'wasm', packageId: 'tiny-q4', tokens: 2, threads: 1 }],
      },
    },
  });
  expect(server.received).toHaveLength(0);
});

async function collect(stream: AsyncIterable<ChatCompletionChunk>) {
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
const textOf = (chunks: readonly ChatCompletionChunk[]) =>
  chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');

test("streams OpenAI's chunks: role first, the finish reason last, usage where asked for", async () => {
  const { orilla } = await orillaDouble(speaks);
  const stream = await orilla.chat.completions.create({
    model: 'tiny',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  expect(chunks.map(({ choices }) => choices[0]?.delta ?? 'usage')).toEqual([
    { role: 'assistant', content: '' },
    { content: 'Pa' },
    { content: 'ris' },
    {},
    'usage',
  ]);
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
  expect(chunks.at(-1)).toMatchObject({ usage: { total_tokens: 5 }, orilla: { receipt: { finishReason: 'stop' } } });
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(stream.route.place).toBe('device');
  expect((await stream.receipt).usage?.completion_tokens).toBe(2);
});

test('without being asked for, no usage chunk comes', async () => {
  const { orilla } = await orillaDouble(speaks);
  const chunks = await collect(await orilla.chat.completions.create({ model: 'tiny', messages, stream: true }));
  expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
});

test('a model without a device package is answered by the relay, under its name there', async () => {
  const { orilla, server } = await orillaDouble(speaks);
  const stream = await orilla.chat.completions.create({ model: 'big', messages, stream: true });
  expect(textOf(await collect(stream))).toBe('from afar');
  expect(stream.route).toEqual({
    place: 'relay',
    model: 'big',
    reasons: [
      { rule: 'privacy', verdict: 'relay-allowed', label: 'organization' },
      { rule: 'capability', verdict: 'no-device-package' },
    ],
  });
  expect(await stream.receipt).toMatchObject({ usage, parts: [{ place: 'relay', zone: 'on-premises', tokens: 2 }] });
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
    model: 'big',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
});

test('a prompt that the count shows to be too long goes to the relay', async () => {
  const { orilla } = await orillaDouble({ ...speaks, countTokens: (answer) => answer({ type: 'done', result: 500 }) });
  const long = [{ role: 'user' as const, content: 'palabra '.repeat(80) }];
  const { orilla: added } = await orilla.chat.completions.create({ model: 'tiny', messages: long });
  expect(added?.receipt.reasons.at(-1)).toMatchObject({
    rule: 'context',
    verdict: 'too-long',
    promptTokens: { exact: 500 },
    contextLength: 512,
  });
});

test('a prompt whose bound is too high but whose count fits stays on the device', async () => {
  const { orilla, server } = await orillaDouble({
    ...speaks,
    countTokens: (answer) => answer({ type: 'done', result: 90 }),
  });
  const long = [{ role: 'user' as const, content: 'palabra '.repeat(80) }];
  const { orilla: added } = await orilla.chat.completions.create({ model: 'tiny', messages: long });
  expect(added?.receipt.parts[0]?.place).toBe('device');
  expect(server.received).toHaveLength(0);
});

test.each([
  ['in the body', { body: { orilla: { privacy: { label: 'device' } } }, call: {} }],
  ['in the call', { body: {}, call: { privacy: { label: 'device' } } }],
] as const)('labelled device %s, what is too long is an error, and nothing is sent', async (_, { body, call }) => {
  const { orilla, server } = await orillaDouble({ countTokens: (answer) => answer({ type: 'done', result: 500 }) });
  const long = [{ role: 'user' as const, content: 'palabra '.repeat(80) }];
  await expect(orilla.chat.completions.create({ model: 'tiny', messages: long, ...body }, call)).rejects.toMatchObject({
    code: 'routing.privacy-forbids',
  });
  expect(server.received).toHaveLength(0);
});

test('a request cannot widen what the app allows', async () => {
  const { orilla, server } = await orillaDouble(speaks, relayAnswers, { privacy: { label: 'device' } });
  await expect(
    orilla.chat.completions.create({ model: 'big', messages, orilla: { privacy: { label: 'public' } } }),
  ).rejects.toMatchObject({ code: 'routing.privacy-forbids' });
  expect(server.received).toHaveLength(0);
});

test('a device that fails before its first token gives the request to the relay, and the reason says so', async () => {
  const error = encodeError(new OrillaError('engine.load-failed', 'The model did not open.'));
  const { orilla } = await orillaDouble({ load: (_, answer) => answer({ type: 'error', error }) });
  const { choices, orilla: added } = await orilla.chat.completions.create({ model: 'tiny', messages });
  expect(choices[0]?.message.content).toBe('from afar');
  expect(added?.receipt.reasons.at(-1)).toEqual({
    rule: 'capability',
    verdict: 'device-failed',
    code: 'engine.load-failed',
  });
});

test('labelled device, a device that fails is an error, and nothing is sent', async () => {
  const error = encodeError(new OrillaError('engine.load-failed', 'The model did not open.'));
  const { orilla, server } = await orillaDouble({ load: (_, answer) => answer({ type: 'error', error }) });
  await expect(
    orilla.chat.completions.create({ model: 'tiny', messages }, { privacy: { label: 'device' } }),
  ).rejects.toMatchObject({
    code: 'engine.load-failed',
  });
  expect(server.received).toHaveLength(0);
});

test('an error after the first token is an error, not an end and not a second answer', async () => {
  const { orilla, server } = await orillaDouble({
    generate: (answer) => {
      answer({ type: 'tokens', events: [token('Pa')] });
      answer({ type: 'error', error: encodeError(new OrillaError('engine.failed', 'The engine stopped.')) });
    },
  });
  const stream = await orilla.chat.completions.create({ model: 'tiny', messages, stream: true });
  await expect(collect(stream)).rejects.toMatchObject({ code: 'engine.failed' });
  expect((await stream.receipt).finishReason).toBeNull();
  expect(server.received).toHaveLength(0);
});

test('aborting is a plain AbortError, before the first token and after it', async () => {
  const { orilla } = await orillaDouble({ generate: (answer) => answer({ type: 'tokens', events: [token('a')] }) });
  await expect(
    orilla.chat.completions.create({ model: 'tiny', messages }, { signal: AbortSignal.abort() }),
  ).rejects.toSatisfy(isAbortError);
  const stream = await orilla.chat.completions.create({ model: 'tiny', messages, stream: true });
  await expect(
    (async () => {
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'a') stream.controller.abort();
    })(),
  ).rejects.toSatisfy(isAbortError);
});

test('a stream can be read once', async () => {
  const { orilla } = await orillaDouble(speaks);
  const stream = await orilla.chat.completions.create({ model: 'tiny', messages, stream: true });
  await collect(stream);
  expect(() => stream[Symbol.asyncIterator]()).toThrow(/once only/);
});

test('an unknown model is an error that names those there are', async () => {
  const { orilla } = await orillaDouble(speaks);
  for (const model of ['nobody', 'toString']) {
    await expect(orilla.chat.completions.create({ model, messages })).rejects.toMatchObject({
      code: 'catalog.unknown-model',
      advice: 'It has: tiny, big, lonely.',
    });
  }
});

test('a model that neither place has is an error', async () => {
  const { orilla } = await orillaDouble(speaks);
  await expect(orilla.chat.completions.create({ model: 'lonely', messages })).rejects.toMatchObject({
    code: 'routing.nowhere',
  });
});

test('prepares the package that fits, and says why where none does', async () => {
  const { orilla } = await orillaDouble(speaks);
  expect(await orilla.models.prepare('tiny')).toEqual(loadedBy({ ...required(catalog.models.tiny?.device[0]) }));
  await expect(orilla.models.prepare('big')).rejects.toThrow(/no package/);
  const { orilla: deviceless } = await orillaDouble(speaks, relayAnswers, { device: false });
  await expect(deviceless.models.prepare('tiny')).rejects.toMatchObject({ code: 'capability.unsupported' });
});

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing in the test itself');
  return value;
}

test('embeddings come from the relay', async () => {
  const answer = {
    object: 'list',
    model: 'big',
    data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
    usage: { prompt_tokens: 1, total_tokens: 1 },
  };
  const { orilla, server } = await orillaDouble(speaks, (_, response) =>
    response.writeHead(200).end(JSON.stringify(answer)),
  );
  expect(await orilla.embeddings.create({ model: 'big', input: 'x' })).toEqual(answer);
  expect(server.received[0]?.url).toBe('/v1/embeddings');
});

function openaiOver(orilla: Orilla) {
  return new OpenAI({
    baseURL: 'https://anything.invalid/v1',
    apiKey: 'unused',
    fetch: orilla.fetch,
    dangerouslyAllowBrowser: true,
  });
}

test("OpenAI's own client works unchanged over the drop-in fetch, on the device", async () => {
  const { orilla, server } = await orillaDouble(speaks);
  const openai = openaiOver(orilla);
  const completion = await openai.chat.completions.create({ model: 'tiny', messages });
  expect(completion.choices[0]?.message.content).toBe('Paris');
  const stream = await openai.chat.completions.create({ model: 'tiny', messages, stream: true });
  expect(textOf(await collect(stream))).toBe('Paris');
  expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['tiny', 'big', 'lonely']);
  expect(server.received).toHaveLength(0);
});

test("OpenAI's own client works unchanged over the drop-in fetch, through the relay", async () => {
  const { orilla } = await orillaDouble(speaks);
  const stream = await openaiOver(orilla).chat.completions.create({ model: 'big', messages, stream: true });
  expect(textOf(await collect(stream))).toBe('from afar');
});

test("OpenAI's own client sees our errors as its typed exceptions, and does not send again", async () => {
  const { orilla, server } = await orillaDouble(speaks, (_, response) => response.writeHead(503).end('{}'));
  const openai = openaiOver(orilla);
  await expect(openai.chat.completions.create({ model: 'nobody', messages })).rejects.toBeInstanceOf(
    OpenAI.NotFoundError,
  );
  await expect(
    openai.chat.completions.create({ model: 'big', messages }, { headers: { 'Orilla-Privacy': 'label=device' } }),
  ).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
  await expect(openai.chat.completions.create({ model: 'big', messages })).rejects.toBeInstanceOf(
    OpenAI.InternalServerError,
  );
  expect(server.received).toHaveLength(1);
});

test("OpenAI's own client sees an error in mid-answer, and no clean end", async () => {
  const { orilla } = await orillaDouble({
    generate: (answer) => {
      answer({ type: 'tokens', events: [token('Pa')] });
      answer({ type: 'error', error: encodeError(new OrillaError('engine.failed', 'The engine stopped.')) });
    },
  });
  const stream = await openaiOver(orilla).chat.completions.create({ model: 'tiny', messages, stream: true });
  await expect(collect(stream)).rejects.toBeInstanceOf(OpenAI.APIError);
});

test("leaving the loop of OpenAI's own client stops the device", async () => {
  const { orilla, workers } = await orillaDouble({
    generate: (answer) => answer({ type: 'tokens', events: [token('a')] }),
  });
  const stream = await openaiOver(orilla).chat.completions.create({ model: 'tiny', messages, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  await expect.poll(() => workers[0]?.aborted).toContain('generate');
});

test("OpenAI's own client finds one model by its name, and completes texts through the relay", async () => {
  const completion = {
    id: 'cmpl-1',
    object: 'text_completion',
    choices: [{ index: 0, text: ' Paris', finish_reason: 'stop' }],
  };
  const { orilla, server } = await orillaDouble(speaks, (_, response) =>
    response.writeHead(200).end(JSON.stringify(completion)),
  );
  const openai = openaiOver(orilla);
  expect(await openai.models.retrieve('tiny')).toMatchObject({ id: 'tiny', object: 'model' });
  await expect(openai.models.retrieve('nobody')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  expect(
    (await openai.completions.create({ model: 'tiny', prompt: 'The capital of France is' })).choices[0]?.text,
  ).toBe(' Paris');
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
    model: 'tiny-at-relay',
    prompt: 'The capital of France is',
  });
});

test('other paths are 404, and are sent nowhere', async () => {
  const { orilla, server } = await orillaDouble(speaks);
  const response = await orilla.fetch('https://anything.invalid/v1/files', { method: 'POST', body: '{}' });
  expect(response.status).toBe(404);
  expect(server.received).toHaveLength(0);
});

test.each([
  ['no JSON', '{', 'invalid_json'],
  ['null', 'null', 'invalid_request'],
  ['a list', '[]', 'invalid_request'],
  ['no model', '{"messages":[]}', 'invalid_request'],
  ['no messages', '{"model":"tiny"}', 'invalid_request'],
  ['messages that are none', '{"model":"tiny","messages":["hello"]}', 'invalid_request'],
  ['a misspelt label', '{"model":"tiny","messages":[],"orilla":{"privacy":{"label":"Device"}}}', 'invalid_privacy'],
])('a body that is %s is refused, and nothing is sent', async (_, body, code) => {
  const { orilla, server } = await orillaDouble(speaks);
  const response = await orilla.fetch('/v1/chat/completions', { method: 'POST', body });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code } });
  expect(server.received).toHaveLength(0);
});

test('a header that is no label is refused, and nothing is sent', async () => {
  const { orilla, server } = await orillaDouble(speaks);
  const body = JSON.stringify({ model: 'big', messages });
  const response = await orilla.fetch('/v1/chat/completions', {
    method: 'POST',
    body,
    headers: { 'Orilla-Privacy': 'label=nobody' },
  });
  expect(response.status).toBe(400);
  expect(server.received).toHaveLength(0);
});

test('embeddings that are no JSON are an error of ours, which does not repeat them', async () => {
  const { orilla } = await orillaDouble(speaks, (_, response) => response.writeHead(200).end('<html>Secret page'));
  const error = await orilla.embeddings.create({ model: 'big', input: 'x' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'protocol.broken-stream' });
  expect(String(error)).not.toContain('Secret');
});
