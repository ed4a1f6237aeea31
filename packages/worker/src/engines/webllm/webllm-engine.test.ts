import type { ChatRequest, GenerateOptions, ModelManifest, TokenEvent } from '@orilla/contract';
import { expect, test } from 'vitest';
import { byteLevelFiles } from '../../text/tokenizer-files.double.ts';
import { MlcDouble } from './mlc.double.ts';
import { openWebllm } from './open-webllm.ts';
import { WebllmEngine } from './webllm-engine.ts';

// The model is a double that writes what a test tells it to; the real one answers in test/e2e/engines/webllm.spec.ts.
const { tokenizer, tokenizerConfig } = byteLevelFiles();
const contents = {
  'mlc-chat-config.json': { prefill_chunk_size: 16 },
  'tokenizer.json': tokenizer,
  'tokenizer_config.json': tokenizerConfig,
  'tensor-cache.json': { records: [] },
  'model.wasm': '',
};
const weights = new Map(Object.entries(contents).map(([path, json]) => [path, new Blob([JSON.stringify(json)])]));
const manifest: ModelManifest = {
  schema: 'orilla.model/1',
  id: 'm',
  engine: 'webllm',
  files: [...weights].map(([path, { size }]) => ({ path, bytes: size, sha256: '' })),
  contextLength: 1024,
  memory: { weights: 1, kvPerToken: 0, scratch: 0 },
  license: 'Apache-2.0',
};
const { signal } = new AbortController();
const end = 3;
/** The token of a byte in this vocabulary: marks come first, then bytes in the order of their written characters. */
const vocabulary: Readonly<Record<string, number>> = tokenizer.model.vocab;
const id = (letter: string) => vocabulary[letter] ?? -1;
const ids = (text: string) => [...text].map(id);

const tools = [{ type: 'function', function: { name: 'f' } }];

function engineOf(mlc: MlcDouble): WebllmEngine {
  return new WebllmEngine({
    deviceMaker: mlc.adapter,
    openWebllm: (files, options) =>
      openWebllm(files, {
        ...options,
        makeMlc: mlc.make,
        deviceMaker: mlc.adapter,
        caches: { open: () => Promise.reject(new Error('no caches here')) },
      }),
  });
}

async function openEngine(mlc: MlcDouble, contextLength = 256, engine = engineOf(mlc)): Promise<WebllmEngine> {
  expect(await engine.load(manifest, weights, { contextLength, signal })).toEqual({
    engine: 'webllm',
    backend: 'webgpu',
    contextLength,
    threads: 1,
  });
  return engine;
}

const ask = (fields: object = {}): ChatRequest => ({
  model: 'm',
  messages: [{ role: 'user', content: 'hi' }],
  temperature: 0,
  ...fields,
});
async function answer(engine: WebllmEngine, request = ask(), options: Partial<GenerateOptions> = {}) {
  const events: TokenEvent[] = [];
  for await (const event of engine.generate(request, { signal, ...options })) events.push(event);
  return { events, text: textOf(events), finish: events.at(-1) };
}
const textOf = (events: readonly TokenEvent[]) => events.map((one) => (one.type === 'token' ? one.text : '')).join('');

test('tells tokens with their ids and ends by the end token, which is no text but counts', async () => {
  const engine = await openEngine(new MlcDouble({ script: [...ids('ok'), end] }));
  const { events, finish } = await answer(engine);
  expect(events.slice(0, 2)).toMatchObject([
    { type: 'token', text: 'o', tokenIds: [id('o')] },
    { type: 'token', text: 'k', tokenIds: [id('k')] },
  ]);
  expect(finish).toMatchObject({ type: 'finish', reason: 'stop', completionTokens: 3, cachedTokens: 0 });
});

test('both names of the token limit are kept to', async () => {
  const engine = await openEngine(new MlcDouble({ script: ids('abc') }));
  expect(await answer(engine, ask({ max_tokens: 4 }))).toMatchObject({ text: 'abca', finish: { reason: 'length' } });
  expect(await answer(engine, ask({ max_completion_tokens: 2 }))).toMatchObject({ text: 'ab' });
});

test('a full context ends an answer by its length, and a prompt that fills it is refused with figures', async () => {
  const mlc = new MlcDouble({ script: ids('a') });
  const engine = await openEngine(mlc, 64);
  const { finish } = await answer(engine);
  expect(finish).toMatchObject({ reason: 'length' });
  expect(mlc.held.length).toBeLessThanOrEqual(64);
  const long = ask({ messages: [{ role: 'user', content: 'x'.repeat(80) }] });
  await expect(answer(engine, long)).rejects.toMatchObject({ code: 'engine.context-exceeded' });
});

test.each([
  ['what only WebLLM knows', { ignore_eos: true }, 'capability.unsupported', 'ignore_eos'],
  [
    'a grammar in its own form',
    { response_format: { type: 'grammar', grammar: 'root ::= "a"' } },
    'capability.unsupported',
    'response_format',
  ],
  ['an unknown field', { guided_choice: ['a'] }, 'capability.unsupported', 'guided_choice'],
  ['more candidates than anybody gives', { logprobs: true, top_logprobs: 21 }, 'protocol.bad-request', 'top_logprobs'],
  ['a bias of a token that is not there', { logit_bias: { 99999: 1 } }, 'protocol.bad-request', 'logit_bias'],
])('%s is refused by name, where WebLLM would ignore it or fail', async (_, fields, code, param) => {
  const engine = await openEngine(new MlcDouble());
  await expect(answer(engine, ask(fields))).rejects.toMatchObject({ code, param });
});

test('logprobs, bias and several answers are ours, with all their figures', async () => {
  const engine = await openEngine(new MlcDouble({ script: ids('a') }));
  const biased = await answer(engine, ask({ max_tokens: 1, logit_bias: { [id('b')]: 100 } }));
  expect(biased.text).toBe('b');
  const { events } = await answer(engine, ask({ max_tokens: 1, logprobs: true, top_logprobs: 9 }));
  expect(events[0]).toMatchObject({ logprobs: { content: [{ token: 'a', top_logprobs: { length: 9 } }] } });
  const several = await answer(engine, ask({ n: 2, max_tokens: 2 }));
  expect(several.events.filter(({ type }) => type === 'choice-end')).toMatchObject([{ choice: 0, reason: 'length' }]);
  expect(several.finish).toMatchObject({ choice: 1, completionTokens: 4 });
});

test('a call of a tool is told as one', async () => {
  const call = '{"name": "f", "arguments": {}}';
  const script = [
    toolCallMark(),
    ...[...call].map((letter) => id(letter === ' ' ? 'Ġ' : letter)),
    ...ids('</tool_call>'),
    end,
  ];
  const engine = await openEngine(new MlcDouble({ script }), 1024);
  const { events, finish } = await answer(engine, ask({ tools }));
  expect(events.find(({ type }) => type === 'tool-call')).toMatchObject({ index: 0, name: 'f' });
  expect(finish).toMatchObject({ reason: 'tool_calls' });
});

test('goes on right behind what is out, by its ids or by its text, and counts all of it', async () => {
  const mlc = new MlcDouble({ script: ids('abc') });
  const engine = await openEngine(mlc);
  const emitted = { text: 'ab', tokenIds: ids('ab'), tokens: 2 };
  const { text, finish } = await answer(engine, ask({ max_tokens: 5 }), { emitted });
  expect(text).toBe('abc');
  expect(mlc.held.slice(-4)).toEqual(ids('abab'));
  expect(finish).toMatchObject({ completionTokens: 5, reason: 'length' });
  const { tokenIds: _, ...byText } = emitted;
  await answer(engine, ask({ max_tokens: 3 }), { emitted: byText });
  expect(mlc.held.slice(-2)).toEqual(ids('ab'));
  expect(await answer(engine, ask({ max_tokens: 2 }), { emitted })).toMatchObject({
    text: '',
    finish: { reason: 'length', completionTokens: 2 },
  });
});

test('the next turn of a conversation costs only what is new, and says so', async () => {
  const mlc = new MlcDouble({ script: [...ids('ok'), end] });
  const engine = await openEngine(mlc);
  await answer(engine);
  const held = mlc.held.length;
  const messages = [...ask().messages, { role: 'assistant', content: 'ok' }, { role: 'user', content: 'more' }];
  const { finish } = await answer(engine, ask({ messages }));
  expect(finish).toMatchObject({ cachedTokens: held });
  expect(mlc.resets).toBe(1);
});

test('an abort, or leaving the loop, stops that request alone, also before its first token', async () => {
  const mlc = new MlcDouble({ script: ids('a') });
  const engine = await openEngine(mlc);
  const left = new AbortController();
  const stopped = answer(engine, ask(), { signal: left.signal });
  const other = answer(engine, ask({ max_tokens: 3 }));
  left.abort();
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect((await other).text).toBe('aaa');
  for await (const event of engine.generate(ask(), { signal })) if (event.type === 'token') break;
  const steps = mlc.steps.length;
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(mlc.steps).toHaveLength(steps);
  expect((await answer(engine, ask({ max_tokens: 2 }))).text).toBe('aa');
});

test('a lost device closes the engine and is never an abort; an unload in an answer is told as one', async () => {
  const mlc = new MlcDouble({ script: ids('a') });
  const engine = await openEngine(mlc);
  mlc.onStep = async () => {
    if (mlc.steps.length < 4) return;
    mlc.lose();
    throw new DOMException('Instance dropped.', 'AbortError');
  };
  await expect(answer(engine)).rejects.toMatchObject({ code: 'engine.device-lost' });
  expect(engine.isOpen).toBe(false);
  await expect(answer(engine)).rejects.toMatchObject({ code: 'engine.failed' });

  const again = new MlcDouble({ script: ids('a') });
  const other = await openEngine(again);
  const begun = other.generate(ask(), { signal });
  await begun.next();
  await other.unload();
  await other.unload();
  expect(again.unloads).toBe(1);
  await expect(begun.next()).rejects.toMatchObject({ code: 'engine.failed' });
});

test('a device that goes while nobody asks closes the engine too', async () => {
  const mlc = new MlcDouble();
  const engine = await openEngine(mlc);
  mlc.lose();
  await expect.poll(() => engine.isOpen).toBe(false);
});

const arriving = { file: async (path: string) => weights.get(path) ?? Promise.reject(new Error(path)) };

test('what was prepared while the weights were on their way is what the model is opened on', async () => {
  const mlc = new MlcDouble({ script: ids('ab') });
  const engine = engineOf(mlc);
  await engine.prepare(manifest, arriving, { contextLength: 256, signal });
  expect(engine.isOpen).toBe(false);
  await openEngine(mlc, 256, engine);
  expect(mlc.adapter.devices).toHaveLength(1);
  expect((await answer(engine, ask({ max_tokens: 2 }))).text).toBe('ab');
  await engine.unload();
  expect(mlc.adapter.devices).toMatchObject([{ isDestroyed: true }]);
});

test('a preparation that is stopped is told as an abort; a load goes on with it, an unload frees it', async () => {
  const mlc = new MlcDouble({ script: ids('ab') });
  const made = Promise.withResolvers<void>();
  mlc.onReload = () => made.promise;
  const engine = engineOf(mlc);
  const left = new AbortController();
  const preparing = engine.prepare(manifest, arriving, { contextLength: 256, signal: left.signal });
  left.abort();
  await expect(preparing).rejects.toMatchObject({ name: 'AbortError' });
  made.resolve();
  await openEngine(mlc, 256, engine);
  expect(mlc.adapter.devices).toHaveLength(1);

  const other = new MlcDouble();
  const unused = engineOf(other);
  await unused.prepare(manifest, arriving, { contextLength: 256, signal });
  await unused.unload();
  expect(other.adapter.devices).toMatchObject([{ isDestroyed: true }]);
});

test('a preparation that failed is no failure of the load; a load that fails frees what was prepared', async () => {
  const mlc = new MlcDouble({ script: ids('ab') });
  const engine = engineOf(mlc);
  const none = { file: () => Promise.reject(new Error('it has not arrived')) };
  await expect(engine.prepare(manifest, none, { contextLength: 256, signal })).rejects.toThrow('not arrived');
  await openEngine(mlc, 256, engine);

  const other = new MlcDouble();
  const broken = engineOf(other);
  await broken.prepare(manifest, arriving, { contextLength: 256, signal });
  await expect(broken.load(manifest, new Map(), { contextLength: 256, signal })).rejects.toMatchObject({
    code: 'engine.load-failed',
  });
  expect(other.adapter.devices).toMatchObject([{ isDestroyed: true }]);
});

function toolCallMark(): number {
  return tokenizer.added_tokens.find(({ content }) => content === '<tool_call>')?.id ?? -1;
}
