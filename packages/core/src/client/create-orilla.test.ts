import type { ServerResponse } from 'node:http';
import { type Catalog, type ChatCompletionChunk, encodeError, isAbortError, OrillaError } from '@orilla/contract';
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import { finish, loadedBy, token, type WorkerScript, workerDouble } from '../device/worker.double.ts';
import { type HttpServerDouble, httpServerDouble } from '../relay/http-server.double.ts';
import { createOrilla, type Orilla } from './create-orilla.ts';
import type { OrillaOptions } from './orilla-options.ts';

const catalog: Catalog = {
  models: {
    tiny: {
      title: 'Tiny',
      device: [
        {
          id: 'tiny-q4',
          engine: 'llamacpp',
          bytes: 10,
          contextLength: 512,
          memory: { weights: 10, kvPerToken: 1, scratch: 1 },
          license: 'Apache-2.0',
          sources: [],
        },
      ],
      relay: { model: 'tiny-at-relay' },
    },
    big: { title: 'Big', device: [], relay: { model: 'big' } },
    lonely: { title: 'On the device only', device: [] },
  },
};

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const speaks: WorkerScript = {
  generate: (answer) => {
    answer({ type: 'tokens', events: [token('Pa'), token('ris'), finish(2)] });
    answer({ type: 'done', result: null });
  },
};

const sse = (response: ServerResponse, ...events: object[]) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Orilla-Upstream-Zone': 'on-premises' });
  for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
  response.end('data: [DONE]\n\n');
};
const relayChunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'chatcmpl-relay',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'tiny-at-relay',
  choices: [{ index: 0, delta, finish_reason }],
});
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const relayAnswers = (_: unknown, response: ServerResponse) =>
  sse(
    response,
    relayChunk({ role: 'assistant', content: '' }),
    relayChunk({ content: 'from ' }),
    relayChunk({ content: 'afar' }, 'stop'),
    { ...relayChunk({}), choices: [], usage },
  );

async function orillaWith(
  script: WorkerScript,
  listener: typeof relayAnswers = relayAnswers,
  options: Partial<OrillaOptions> = {},
) {
  const server: HttpServerDouble = await httpServerDouble(listener);
  const orilla: Orilla = createOrilla({
    catalog,
    relay: { baseURL: server.baseURL },
    device: { startWorker: () => workerDouble(script), startTimeoutMs: 1000 },
    locks: null,
    ...options,
  });
  cleanups.push(
    () => orilla.close(),
    () => server.close(),
  );
  return { orilla, server };
}
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

test('answers on the device, and the receipt says so', async () => {
  const { orilla, server } = await orillaWith(speaks);
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
  const { orilla } = await orillaWith(speaks);
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
  const { orilla } = await orillaWith(speaks);
  const chunks = await collect(await orilla.chat.completions.create({ model: 'tiny', messages, stream: true }));
  expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
});

test('a model without a device package is answered by the relay, under its name there', async () => {
  const { orilla, server } = await orillaWith(speaks);
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
  const { orilla } = await orillaWith({ ...speaks, countTokens: (answer) => answer({ type: 'done', result: 500 }) });
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
  const { orilla, server } = await orillaWith({
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
  const { orilla, server } = await orillaWith({ countTokens: (answer) => answer({ type: 'done', result: 500 }) });
  const long = [{ role: 'user' as const, content: 'palabra '.repeat(80) }];
  await expect(orilla.chat.completions.create({ model: 'tiny', messages: long, ...body }, call)).rejects.toMatchObject({
    code: 'routing.privacy-forbids',
  });
  expect(server.received).toHaveLength(0);
});

test('a request cannot widen what the app allows', async () => {
  const { orilla, server } = await orillaWith(speaks, relayAnswers, { privacy: { label: 'device' } });
  await expect(
    orilla.chat.completions.create({ model: 'big', messages, orilla: { privacy: { label: 'public' } } }),
  ).rejects.toMatchObject({ code: 'routing.privacy-forbids' });
  expect(server.received).toHaveLength(0);
});

test('a device that fails before its first token gives the request to the relay, and the reason says so', async () => {
  const error = encodeError(new OrillaError('engine.load-failed', 'The model did not open.'));
  const { orilla } = await orillaWith({ load: (_, answer) => answer({ type: 'error', error }) });
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
  const { orilla, server } = await orillaWith({ load: (_, answer) => answer({ type: 'error', error }) });
  await expect(
    orilla.chat.completions.create({ model: 'tiny', messages }, { privacy: { label: 'device' } }),
  ).rejects.toMatchObject({
    code: 'engine.load-failed',
  });
  expect(server.received).toHaveLength(0);
});

test('an error after the first token is an error, not an end and not a second answer', async () => {
  const { orilla, server } = await orillaWith({
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
  const { orilla } = await orillaWith({ generate: (answer) => answer({ type: 'tokens', events: [token('a')] }) });
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
  const { orilla } = await orillaWith(speaks);
  const stream = await orilla.chat.completions.create({ model: 'tiny', messages, stream: true });
  await collect(stream);
  expect(() => stream[Symbol.asyncIterator]()).toThrow(/once only/);
});

test('an unknown model is an error that names those there are', async () => {
  const { orilla } = await orillaWith(speaks);
  for (const model of ['nobody', 'toString']) {
    await expect(orilla.chat.completions.create({ model, messages })).rejects.toMatchObject({
      code: 'catalog.unknown-model',
      advice: 'It has: tiny, big, lonely.',
    });
  }
});

test('a model that neither place has is an error', async () => {
  const { orilla } = await orillaWith(speaks);
  await expect(orilla.chat.completions.create({ model: 'lonely', messages })).rejects.toMatchObject({
    code: 'routing.nowhere',
  });
});

test('prepares the package that fits, and says why where none does', async () => {
  const { orilla } = await orillaWith(speaks);
  expect(await orilla.models.prepare('tiny')).toEqual(loadedBy({ ...required(catalog.models.tiny?.device[0]) }));
  await expect(orilla.models.prepare('big')).rejects.toThrow(/no package/);
  const { orilla: deviceless } = await orillaWith(speaks, relayAnswers, { device: false });
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
  const { orilla, server } = await orillaWith(speaks, (_, response) =>
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
  const { orilla, server } = await orillaWith(speaks);
  const openai = openaiOver(orilla);
  const completion = await openai.chat.completions.create({ model: 'tiny', messages });
  expect(completion.choices[0]?.message.content).toBe('Paris');
  const stream = await openai.chat.completions.create({ model: 'tiny', messages, stream: true });
  expect(textOf(await collect(stream))).toBe('Paris');
  expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['tiny', 'big', 'lonely']);
  expect(server.received).toHaveLength(0);
});

test("OpenAI's own client works unchanged over the drop-in fetch, through the relay", async () => {
  const { orilla } = await orillaWith(speaks);
  const stream = await openaiOver(orilla).chat.completions.create({ model: 'big', messages, stream: true });
  expect(textOf(await collect(stream))).toBe('from afar');
});

test("OpenAI's own client sees our errors as its typed exceptions, and does not send again", async () => {
  const { orilla, server } = await orillaWith(speaks, (_, response) => response.writeHead(503).end('{}'));
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
  const { orilla } = await orillaWith({
    generate: (answer) => {
      answer({ type: 'tokens', events: [token('Pa')] });
      answer({ type: 'error', error: encodeError(new OrillaError('engine.failed', 'The engine stopped.')) });
    },
  });
  const stream = await openaiOver(orilla).chat.completions.create({ model: 'tiny', messages, stream: true });
  await expect(collect(stream)).rejects.toBeInstanceOf(OpenAI.APIError);
});

test("leaving the loop of OpenAI's own client stops the device", async () => {
  const doubles: ReturnType<typeof workerDouble>[] = [];
  const { orilla } = await orillaWith({}, relayAnswers, {
    device: {
      startWorker: () => {
        const worker = workerDouble({ generate: (answer) => answer({ type: 'tokens', events: [token('a')] }) });
        doubles.push(worker);
        return worker;
      },
    },
  });
  const stream = await openaiOver(orilla).chat.completions.create({ model: 'tiny', messages, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  await expect.poll(() => doubles[0]?.aborted).toContain('generate');
});

test('other paths are 404, and are sent nowhere', async () => {
  const { orilla, server } = await orillaWith(speaks);
  const response = await orilla.fetch('https://anything.invalid/v1/files', { method: 'POST', body: '{}' });
  expect(response.status).toBe(404);
  expect(server.received).toHaveLength(0);
});

test('a body that is no JSON, and a label that is none, are refused', async () => {
  const { orilla } = await orillaWith(speaks);
  const post = (body: string, headers = {}) => orilla.fetch('/v1/chat/completions', { method: 'POST', body, headers });
  expect((await post('{')).status).toBe(400);
  expect((await post(JSON.stringify({ model: 'tiny', messages }), { 'Orilla-Privacy': 'label=nobody' })).status).toBe(
    400,
  );
});
