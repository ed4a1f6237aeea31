import { embeddedLauncher } from '@orilla/embedded';
import { defaultLimits, type Relay, startRelay } from '@orilla/relay';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';
import { capitalOfFrance, defaults } from './embedded-client.ts';
import { childrenOf } from './process-tree.ts';

let relay: Relay;
let openai: OpenAI;
const events: { event?: string; upstream?: string; status?: number }[] = [];

beforeAll(async () => {
  const { path: modelPath } = await ensureStarterModel();
  const organization = { label: 'organization' } as const;
  const record = (event: unknown) => {
    events.push(event as object); // the relay logs objects only
  };
  relay = await startRelay(
    {
      listen: { host: '127.0.0.1', port: 0 },
      hosts: [],
      access: { keys: [], cors: { origins: [] } },
      upstreams: [
        {
          name: 'here',
          kind: 'embedded',
          url: null,
          zone: 'on-premises',
          region: undefined,
          apiKey: undefined,
          embedded: { modelPath, ...defaults, sequences: 1 },
        },
      ],
      models: [
        { name: 'smollm2-135m', upstreams: [{ upstream: 'here', model: 'smollm2-135m' }], contextLength: 8_192 },
      ],
      limits: { ...defaultLimits, drainTimeoutMs: 1_000 },
      privacy: { ceiling: organization, default: organization },
      mirror: undefined,
      app: undefined,
      catalog: undefined,
    },
    { logger: { info: record, warn: record, error: record }, launchers: { embedded: embeddedLauncher } },
  );
  await relay.ready;
  openai = new OpenAI({ baseURL: `http://127.0.0.1:${relay.address.port}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => relay.close());

const model = 'smollm2-135m';
const endless = {
  model,
  messages: [{ role: 'user' as const, content: 'Count from one to ten thousand.' }],
  temperature: 0,
};
const question = { model, messages: capitalOfFrance as OpenAI.Chat.ChatCompletionMessageParam[], temperature: 0 };

test('the unchanged OpenAI client gets a real answer, whole and streamed', async () => {
  const answer = await openai.chat.completions.create(question);
  expect(answer.choices[0]?.message.content).toBe('The capital of France is Paris.');
  expect(answer.usage).toMatchObject({ prompt_tokens: 27, completion_tokens: 7 });
  let text = '';
  let usage: OpenAI.CompletionUsage | null | undefined;
  const stream = await openai.chat.completions.create({
    ...question,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  expect(text).toBe('The capital of France is Paris.');
  expect(usage).toMatchObject({ total_tokens: 34 });
});

test('a completion, embeddings in both encodings, and the list of models work as well', async () => {
  const completion = await openai.completions.create({
    model,
    prompt: 'The capital of France is',
    max_tokens: 2,
    temperature: 0,
  });
  expect(completion.choices[0]?.text).toContain('Paris');
  // The client asks for base64 by itself where it is not told otherwise.
  const decoded = await openai.embeddings.create({ model, input: 'hello world' });
  const plain = await openai.embeddings.create({ model, input: 'hello world', encoding_format: 'float' });
  expect(decoded.data[0]?.embedding).toHaveLength(576);
  expect(decoded.data[0]?.embedding[5]).toBeCloseTo(plain.data[0]?.embedding[5] ?? 0, 4);
  expect((await openai.models.list()).data.map(({ id }) => id)).toEqual([model]);
});

test("errors come as the client's own exceptions, with the field at fault", async () => {
  const long = { ...question, messages: [{ role: 'user' as const, content: 'word '.repeat(9_000) }] };
  await expect(openai.chat.completions.create(long)).rejects.toMatchObject({
    status: 400,
    code: 'context_length_exceeded',
  });
  await expect(openai.chat.completions.create({ ...question, temperature: 9 })).rejects.toMatchObject({
    status: 400,
    param: 'temperature',
  });
  const tools = [{ type: 'function' as const, function: { name: 'f' } }];
  await expect(openai.chat.completions.create({ ...question, tools })).rejects.toMatchObject({
    status: 400,
    param: 'tools',
  });
});

test('who leaves in mid-answer frees the only sequence for the next one', async () => {
  for (let round = 0; round < 3; round++) {
    const stream = await openai.chat.completions.create({ ...endless, stream: true });
    for await (const _ of stream) break;
  }
  const controller = new AbortController();
  const whole = openai.chat.completions.create(endless, { signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  await expect(whole).rejects.toThrow('aborted');
  // Each of the four would have taken two minutes.
  expect((await openai.chat.completions.create(question)).choices[0]?.message.content).toBe(
    'The capital of France is Paris.',
  );
});

test('when the model server is killed in mid-answer the client hears of it, and the next question is answered by a new one', async () => {
  const stream = await openai.chat.completions.create({ ...endless, stream: true });
  const reading = (async () => {
    for await (const _ of stream);
  })();
  const server = childrenOf(process.pid).find(({ command }) => command.includes('embedded/src/main'));
  expect(server).toBeDefined();
  if (server) process.kill(server.pid, 'SIGKILL');
  await expect(reading).rejects.toThrow();
  const answer = await vi.waitFor(() => openai.chat.completions.create(question), { timeout: 50_000, interval: 500 });
  expect(answer.choices[0]?.message.content).toBe('The capital of France is Paris.');
  expect(events.some(({ event, upstream }) => event === 'upstream-exited' && upstream === 'here')).toBe(true);
});

test('nothing that was asked or answered stands in the log', () => {
  const log = JSON.stringify(events);
  for (const secret of ['France', 'Paris', 'Count from', 'hello world', 'word word']) expect(log).not.toContain(secret);
});

test('closing the relay ends the model server', async () => {
  const before = childrenOf(process.pid).filter(({ command }) => command.includes('embedded/src/main'));
  expect(before).toHaveLength(1);
  await relay.close();
  expect(childrenOf(process.pid).filter(({ command }) => command.includes('embedded/src/main'))).toEqual([]);
});
