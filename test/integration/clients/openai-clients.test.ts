import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { defaultPrivacy } from '@orilla/contract';
import { embeddedLauncher } from '@orilla/embedded';
import { defaultLimits, type Relay, startRelay } from '@orilla/relay';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';
import { ensurePythonOpenai } from '../../../tools/python/openai-client.ts';
import { runPython } from '../../../tools/vllm/python-program.ts';

// The unchanged clients, the relay, and the embedded upstream with the real model behind it: nothing here is a double.
const model = 'smollm2-135m';
const apiKey = 'ork_for_these_tests_only';
const messages = [
  { role: 'system' as const, content: 'You are a helpful assistant.' },
  { role: 'user' as const, content: 'What is the capital of France?' },
];
let relay: Relay;
let baseURL: string;

beforeAll(async () => {
  const { path: modelPath } = await ensureStarterModel();
  const privacy = { ceiling: defaultPrivacy, default: defaultPrivacy };
  const silent = () => undefined;
  relay = await startRelay(
    {
      listen: { host: '127.0.0.1', port: 0 },
      hosts: [],
      access: {
        keys: [{ name: 'tests', sha256: createHash('sha256').update(apiKey).digest(), ...privacy }],
        cors: { origins: [] },
      },
      upstreams: [
        {
          name: 'embedded',
          kind: 'embedded',
          url: null,
          zone: 'on-premises',
          region: undefined,
          apiKey: undefined,
          embedded: { modelPath, contextLength: 8192, threads: 1, sequences: 2 },
        },
      ],
      models: [{ name: model, upstreams: [{ upstream: 'embedded', model }], contextLength: 8192 }],
      limits: defaultLimits,
      privacy,
      mirror: undefined,
      app: undefined,
      catalog: undefined,
    },
    { logger: { info: silent, warn: silent, error: silent }, launchers: { embedded: embeddedLauncher } },
  );
  await relay.ready;
  baseURL = `http://127.0.0.1:${relay.address.port}/v1`;
});
afterAll(() => relay.close());

test('the unchanged Python client: chat, stream, models, embeddings, completions, and errors as its typed exceptions', async () => {
  const lines: string[] = [];
  const script = join(import.meta.dirname, 'openai_client.py');
  // `npm test` has brought it; by itself this test brings its own.
  await runPython(await ensurePythonOpenai({ log: console.log }), [script, baseURL, apiKey], {
    onLine: (line) => lines.push(line),
  });
  expect(lines).toEqual(['ok']);
}, 180_000);

test('the unchanged npm client: chat and stream give the same answer of the real model', async () => {
  const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
  const chat = { model, messages, temperature: 0, max_tokens: 16 };
  const completion = await openai.chat.completions.create(chat);
  expect(completion.choices[0]?.message.content).toContain('Paris');
  let text = '';
  for await (const chunk of await openai.chat.completions.create({ ...chat, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toBe(completion.choices[0]?.message.content);
  expect((await openai.models.list()).data.map(({ id }) => id)).toEqual([model]);
});

test('the unchanged npm client: embeddings, as numbers and packed', async () => {
  const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
  const input = ['the sea', 'the shore'];
  const packed = await openai.embeddings.create({ model, input });
  const floats = await openai.embeddings.create({ model, input, encoding_format: 'float' });
  expect(packed.data).toHaveLength(2);
  floats.data.forEach(({ embedding }, index) => {
    expect(embedding.length).toBeGreaterThan(100);
    embedding.forEach((value, at) => {
      expect(packed.data[index]?.embedding[at]).toBeCloseTo(value, 5);
    });
  });
});

test('the unchanged npm client: errors are its typed exceptions', async () => {
  const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
  const long = [{ role: 'user' as const, content: 'word '.repeat(9000) }];
  await expect(openai.chat.completions.create({ model: 'nobody', messages })).rejects.toBeInstanceOf(
    OpenAI.NotFoundError,
  );
  await expect(openai.chat.completions.create({ model, messages: long })).rejects.toMatchObject({
    constructor: OpenAI.BadRequestError,
    code: 'context_length_exceeded',
  });
  const stranger = new OpenAI({ baseURL, apiKey: 'wrong', maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
});
