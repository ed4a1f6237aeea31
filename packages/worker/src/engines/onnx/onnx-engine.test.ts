import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ChatRequest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { OnnxEngine } from './onnx-engine.ts';
import { answer, ask, failureOf, noGpu, openTinyEngine, question } from './tiny-engine.double.ts';
import { loadNodeOrt, manifestOf, tinyWeights } from './tiny-model.double.ts';

const weights = tinyWeights();

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function externalBytes(): Promise<number> {
  // What a first collection finds unused is given back in the task after it.
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 50));
  collectGarbage();
  return process.memoryUsage().external;
}

const engine = await openTinyEngine();
const plain = await answer(engine, question);

test('an answer is tokens with ids and whole characters, and an end with figures', () => {
  expect(plain.finish).toMatchObject({ reason: 'length', completionTokens: 12 });
  expect(plain.finish.promptTokens).toBeGreaterThan(10);
  expect(plain.ids.length).toBeLessThanOrEqual(12);
  expect(plain.text.length).toBeGreaterThan(0);
  const times = plain.events.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

test('the same request gives the same answer, and all of its prompt but the last token is known already', async () => {
  const again = await answer(engine, question);
  expect(again.ids).toEqual(plain.ids);
  expect(again.finish.cachedTokens).toBe(plain.finish.promptTokens - 1);
});

test('a new engine, which knows nothing of before, gives the same', async () => {
  const other = await openTinyEngine();
  const first = await answer(other, question);
  expect(first.finish.cachedTokens).toBe(0);
  expect(first.ids).toEqual(plain.ids);
  await other.unload();
});

test('the next turn begins behind the last one, and gives what an engine without memory gives', async () => {
  const messages = [
    ...question.messages,
    { role: 'assistant', content: plain.text },
    { role: 'user', content: 'And the other shore?' },
  ];
  const next = await answer(engine, ask({ messages }));
  expect(next.finish.cachedTokens).toBeGreaterThanOrEqual(plain.finish.promptTokens);
  const forgetful = await openTinyEngine();
  const fresh = await answer(forgetful, ask({ messages }));
  expect(next.ids).toEqual(fresh.ids);
  await forgetful.unload();
});

test('another talk under the same instructions begins behind them', async () => {
  const system = { role: 'system', content: 'You are a helpful assistant. Answer in one short sentence.' };
  const talk = (content: string) => ask({ messages: [system, { role: 'user', content }] });
  await answer(engine, talk('Where are you going?'));
  const { finish } = await answer(engine, talk('One, two, three?'));
  expect(finish.cachedTokens).toBeGreaterThan(10);
});

test.each([1, 3, 7])('continued behind %i tokens it goes on as if it had never stopped', async (count) => {
  const tokenIds = plain.tokens.slice(0, count).flatMap((token) => token.tokenIds ?? []);
  const text = plain.tokens
    .slice(0, count)
    .map((token) => token.text)
    .join('');
  const rest = await answer(engine, question, { emitted: { text, tokenIds, tokens: tokenIds.length } });
  expect(text + rest.text).toBe(plain.text);
  expect(rest.finish).toMatchObject({ completionTokens: 12, promptTokens: plain.finish.promptTokens });
});

test('with a seed, too: what was out before counts for the place in the random numbers and for the penalties', async () => {
  const request = ask({ temperature: 1.2, seed: 5, frequency_penalty: 0.5 });
  const whole = await answer(engine, request);
  const first = whole.tokens.slice(0, 4);
  const tokenIds = first.flatMap((token) => token.tokenIds ?? []);
  const text = first.map((token) => token.text).join('');
  const rest = await answer(engine, request, { emitted: { text, tokenIds, tokens: tokenIds.length } });
  expect(text + rest.text).toBe(whole.text);
});

test('an answer that was cut off at its limit ends at once', async () => {
  const { finish, tokens } = await answer(engine, question, {
    emitted: { text: plain.text, tokenIds: plain.ids, tokens: 12 },
  });
  expect(tokens).toEqual([]);
  expect(finish).toMatchObject({ reason: 'length', completionTokens: 12 });
});

test('a seed makes the same answer again, another seed another', async () => {
  const request = (seed: number) => ask({ temperature: 1.5, seed });
  const [one, again, other] = [
    await answer(engine, request(1)),
    await answer(engine, request(1)),
    await answer(engine, request(2)),
  ];
  expect(again.ids).toEqual(one.ids);
  expect(other.ids).not.toEqual(one.ids);
});

test('stop strings end it before their own text', async () => {
  const cut = plain.text.slice(4, 6);
  const { text, finish } = await answer(engine, ask({ stop: [cut] }));
  expect(text).toBe(plain.text.slice(0, plain.text.indexOf(cut)));
  expect(finish.reason).toBe('stop');
});

test('an end token ends it, is no text, and counts', async () => {
  const { text, finish } = await answer(engine, ask({ logit_bias: { 2: 100 } }));
  expect(text).toBe('');
  expect(finish).toMatchObject({ reason: 'stop', completionTokens: 1 });
});

test('two requests at once are computed in turns and give what each gives alone', async () => {
  const other = ask({ messages: [{ role: 'user', content: 'One, two, three, four?' }] });
  const alone = [plain.ids, (await answer(engine, other)).ids];
  const order: number[] = [];
  const { signal } = new AbortController();
  const run = async (request: ChatRequest, index: number) => {
    const ids: number[] = [];
    for await (const event of engine.generate(request, { signal })) {
      order.push(index);
      if (event.type === 'token') ids.push(...(event.tokenIds ?? []));
    }
    return ids;
  };
  expect(await Promise.all([run(question, 0), run(other, 1)])).toEqual(alone);
  expect(order.lastIndexOf(0)).toBeGreaterThan(order.indexOf(1));
  expect(order.lastIndexOf(1)).toBeGreaterThan(order.indexOf(0));
});

const longRequest = ask({ messages: [{ role: 'user', content: 'secret '.repeat(300) }] });

test('a conversation that is too long is told with both figures and without a word of it', async () => {
  const failure = await failureOf(answer(engine, longRequest));
  expect(failure).toMatchObject({ code: 'engine.context-exceeded', param: 'messages' });
  expect(String(failure)).toMatch(/takes \d{3,} tokens, and there are 512/);
  expect(String(failure)).not.toContain('secret');
});

test('an answer ends where the context does', async () => {
  const small = await openTinyEngine(40);
  const { finish } = await answer(small, ask({ max_tokens: undefined }));
  expect(finish.reason).toBe('length');
  expect(finish.promptTokens + finish.completionTokens).toBe(40);
  await small.unload();
});

test('leaving the loop, or an abort between tokens, ends that request and no other', async () => {
  const { signal } = new AbortController();
  let count = 0;
  for await (const _ of engine.generate(question, { signal })) {
    count += 1;
    if (count === 2) break;
  }
  const controller = new AbortController();
  const beside = answer(engine, question);
  const failure = await failureOf(
    (async () => {
      for await (const _ of engine.generate(question, { signal: controller.signal })) controller.abort();
    })(),
  );
  expect(failure).toMatchObject({ name: 'AbortError' });
  expect((await beside).ids).toEqual(plain.ids);
});

test.each([
  ['audio', { audio: {} }, 'capability.unsupported'],
  ['temperature', { temperature: 'hot' }, 'protocol.bad-request'],
  ['logit_bias', { logit_bias: { 9999: 1 } }, 'protocol.bad-request'],
])('%s that it can not do or take is refused by name', async (param, fields, code) => {
  expect(await failureOf(answer(engine, ask(fields)))).toMatchObject({ code, param });
});

test('unloaded in mid-answer the answer ends with an error, and the engine is closed', async () => {
  const closing = await openTinyEngine();
  const { signal } = new AbortController();
  const failure = await failureOf(
    (async () => {
      for await (const _ of closing.generate(question, { signal })) await closing.unload();
    })(),
  );
  expect(failure).toMatchObject({ code: 'engine.failed' });
  expect(closing.isOpen).toBe(false);
  expect(await failureOf(answer(closing, question))).toMatchObject({ code: 'engine.failed' });
  await closing.unload();
});

test('opened and closed again and again it takes no more memory', async () => {
  const cycle = async () => {
    const one = await openTinyEngine();
    await answer(one, ask({ max_tokens: 2 }));
    await one.unload();
  };
  for (let count = 0; count < 5; count += 1) await cycle();
  const before = await externalBytes();
  for (let count = 0; count < 8; count += 1) await cycle();
  // Each cycle reads a quarter of a megabyte of weights. WASM's memory counts among what is external.
  expect((await externalBytes()) - before).toBeLessThan(1024 ** 2);
});

test('tells what it was opened with: on the CPU, and with no more context than its positions were made for', async () => {
  const one = new OnnxEngine(noGpu, { loadOrt: loadNodeOrt });
  const { signal } = new AbortController();
  const loaded = await one.load(manifestOf(weights), weights, { contextLength: 9999, signal });
  expect(loaded).toEqual({ engine: 'onnx', backend: 'wasm', contextLength: 512, threads: 1 });
  await one.unload();
});

test('files that are no model are told as such', async () => {
  const broken = new Map(weights).set('model.onnx', new Blob(['not a model']));
  const one = new OnnxEngine(noGpu, { loadOrt: loadNodeOrt });
  const { signal } = new AbortController();
  const failure = await failureOf(one.load(manifestOf(broken), broken, { contextLength: 64, signal }));
  expect(failure).toMatchObject({ code: 'engine.load-failed', advice: expect.any(String) });
  expect(one.isOpen).toBe(false);
  const aborted = AbortSignal.abort();
  expect(await failureOf(one.load(manifestOf(weights), weights, { contextLength: 64, signal: aborted }))).toMatchObject(
    {
      name: 'AbortError',
    },
  );
});
