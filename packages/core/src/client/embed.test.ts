import { type Catalog, type EmbeddingResponse, type ErrorCode, encodeError, OrillaError } from '@orilla/contract';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import type { WorkerScript } from '../device/worker.double.ts';
import { loadedBy } from '../device/worker.double.ts';
import { orillaDouble } from './orilla.double.ts';

const pkg = {
  id: 'minilm',
  engine: 'onnx',
  task: 'embedding',
  bytes: 10,
  contextLength: 64,
  memory: { weights: 10, kvPerToken: 0, scratch: 1 },
  license: 'Apache-2.0',
  sources: [],
} as const;
const chatPackage = { ...pkg, id: 'talker', task: 'chat' } as const;
const catalog: Catalog = {
  models: {
    both: { title: 'Device and relay', device: [chatPackage, pkg], relay: { model: 'vectors-at-relay' } },
    local: { title: 'On the device only', device: [pkg] },
    talker: { title: 'A chat model', device: [chatPackage], relay: { model: 'talker' } },
  },
};

const vectors = (model: string, value: number): EmbeddingResponse => ({
  object: 'list',
  model,
  data: [{ object: 'embedding', index: 0, embedding: [value] }],
  usage: { prompt_tokens: 3, total_tokens: 3 },
});
const fromDevice = vectors('both', 0.25);
const fromRelay = vectors('vectors-at-relay', 0.75);

/** A device with the engine for it, which answers, or fails with each of these first. */
function embeds(...failures: readonly ErrorCode[]): WorkerScript {
  const left = [...failures];
  return {
    facts: { engines: { onnx: { features: ['embeddings'], backend: 'wasm' } } },
    load: (loading, answer) => answer({ type: 'done', result: loadedBy(loading) }),
    embed: (answer) => {
      const code = left.shift();
      if (code === undefined) answer({ type: 'done', result: fromDevice });
      else answer({ type: 'error', error: encodeError(new OrillaError(code, 'It went wrong.')) });
    },
  };
}
const setUp = (script: WorkerScript) =>
  orillaDouble(script, (_, response) => response.writeHead(200).end(JSON.stringify(fromRelay)), { catalog });

test('embeddings are made on the device, by the package that is made for them, and nothing is sent', async () => {
  const { orilla, server, workers } = await setUp(embeds());
  expect(await orilla.embeddings.create({ model: 'both', input: 'x' })).toEqual(fromDevice);
  expect(server.received).toHaveLength(0);
  expect(orilla.device?.state).toMatchObject({ status: 'ready', packageId: 'minilm' });
  expect(workers).toHaveLength(1);
});

test('without a package for it, or an engine that can, they come from the relay', async () => {
  const { orilla, server } = await setUp(embeds());
  expect(await orilla.embeddings.create({ model: 'talker', input: 'x' })).toEqual(fromRelay);
  const { orilla: without } = await setUp({ facts: { engines: { onnx: { features: [], backend: 'wasm' } } } });
  expect(await without.embeddings.create({ model: 'both', input: 'x' })).toEqual(fromRelay);
  expect(server.received[0]?.url).toBe('/v1/embeddings');
});

test('a question never goes to a package that is made for embeddings', async () => {
  const { orilla } = await setUp(embeds());
  const asked = orilla.chat.completions.create({ model: 'local', messages: [{ role: 'user', content: 'Who?' }] });
  await expect(asked).rejects.toMatchObject({
    code: 'routing.nowhere',
    message: expect.stringContaining('embeddings'),
  });
});

test('what the device can’t do goes to the relay under its name there, where the label allows it', async () => {
  for (const code of ['engine.context-exceeded', 'capability.unsupported', 'engine.failed'] as const) {
    const { orilla, server } = await setUp(embeds(code));
    expect(await orilla.embeddings.create({ model: 'both', input: 'x' })).toEqual(fromRelay);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ model: 'vectors-at-relay', input: 'x' });
  }
});

test.each([
  ['in the call', {}, { privacy: { label: 'device' } }],
  ['in the body', { orilla: { privacy: { label: 'device' } } }, {}],
] as const)('a label of the device keeps them there, whatever fails: %s', async (_, body, call) => {
  const { orilla, server } = await setUp(embeds('engine.context-exceeded'));
  const refused = orilla.embeddings.create({ model: 'both', input: 'x', ...body }, call);
  await expect(refused).rejects.toMatchObject({ code: 'engine.context-exceeded' });
  const elsewhere = orilla.embeddings.create({ model: 'talker', input: 'x', ...body }, call);
  await expect(elsewhere).rejects.toMatchObject({ code: 'routing.privacy-forbids' });
  expect(server.received).toHaveLength(0);
});

test('a request that nobody could answer is not sent on', async () => {
  const { orilla, server } = await setUp(embeds('protocol.bad-request'));
  const refused = orilla.embeddings.create({ model: 'both', input: '' });
  await expect(refused).rejects.toMatchObject({ code: 'protocol.bad-request' });
  expect(server.received).toHaveLength(0);
});

test('a lost GPU is opened anew and asked once more, and no more than once', async () => {
  const { orilla } = await setUp(embeds('engine.device-lost'));
  expect(await orilla.embeddings.create({ model: 'local', input: 'x' })).toEqual(fromDevice);
  const { orilla: unlucky } = await setUp(embeds('engine.device-lost', 'engine.crashed'));
  const lost = unlucky.embeddings.create({ model: 'local', input: 'x' });
  await expect(lost).rejects.toMatchObject({ code: 'engine.crashed' });
});

test('an abort is an AbortError, and nothing is sent', async () => {
  const { orilla, server } = await setUp({ ...embeds(), embed: () => undefined });
  const stop = new AbortController();
  const running = orilla.embeddings.create({ model: 'both', input: 'x' }, { signal: stop.signal });
  stop.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect(server.received).toHaveLength(0);
});

test('OpenAI’s own client gets them by the drop-in fetch, with the place in a header', async () => {
  const { orilla } = await setUp(embeds());
  const openai = new OpenAI({ baseURL: 'https://anything.invalid/v1', apiKey: 'unused', fetch: orilla.fetch });
  const { data, response } = await openai.embeddings
    .create({ model: 'both', input: 'x', encoding_format: 'float' })
    .withResponse();
  expect(data).toMatchObject(fromDevice);
  expect(response.headers.get('Orilla-Place')).toBe('device');
  const afar = await openai.embeddings.create({ model: 'talker', input: 'x', encoding_format: 'float' }).withResponse();
  expect(afar.data).toMatchObject(fromRelay);
  expect(afar.response.headers.get('Orilla-Place')).toBe('relay');
});
