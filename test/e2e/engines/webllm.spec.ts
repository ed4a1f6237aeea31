import type { ChatRequest, GenerateCall, LoadResult, TokenEvent } from '@orilla/contract';
import { expect, type Page, test } from '@playwright/test';
import { readWebllmReference, type WebllmReference } from '../../../tools/webllm-model/webllm-reference.ts';
import { hostWorker } from '../../fixtures/client-page/open-client-page.ts';
import { webllmModel } from '../../fixtures/webllm-model.ts';
import { webllmPackage, withoutTensor } from '../../fixtures/webllm-package.ts';
import type { MadePackage } from '../../fixtures/worker-page/make-package.ts';
import { type MirrorServer, startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';
import type { CallOptions, CallReport } from '../../fixtures/worker-page/worker-page.ts';

// The real WebLLM with a tiny real model, on WebGPU. One page with the model open serves all of these, in this order.

let mirror: MirrorServer;
let server: PageServer;
let page: Page;
let made: MadePackage;
let broken: MadePackage;
let reference: WebllmReference;
let loaded: CallReport<LoadResult>;
const origins = new Set<string>();

test.beforeAll(async ({ browser }) => {
  test.setTimeout(600_000); // the model may have to be compiled first
  const folder = await webllmModel();
  reference = await readWebllmReference(folder);
  made = await webllmPackage(folder, { id: 'tiny', contextLength: 512 });
  broken = await withoutTensor(folder, { id: 'broken', contextLength: 512 });
  mirror = await startMirrorServer({ files: { ...made.served, ...broken.served } });
  server = await servePage({ isolated: false });
  const context = await browser.newContext();
  context.on('request', (request) => origins.add(new URL(request.url()).origin));
  page = await openWorkerPage(context, server.url);
});

test.afterAll(async () => {
  await page?.context().close();
  await mirror?.close();
  await server?.[Symbol.asyncDispose]();
});

const load = (one: MadePackage, options: CallOptions = {}) =>
  page.evaluate(([pkg, options]) => window.harness.load(pkg, options), [one.describe(mirror.url), options] as const);
/** Fields as they come from outside. */
const ask = (fields: object = {}, options: CallOptions = {}, how: GenerateCall = {}) => {
  const request: ChatRequest = {
    model: 'tiny',
    messages: [...reference.messages],
    temperature: 0,
    max_tokens: 24,
    ...fields,
  };
  return page.evaluate(([request, options, how]) => window.harness.generate('tiny', request, options, how), [
    request,
    options,
    how,
  ] as const);
};
const spoiltOnce = 'tiny/files/params_shard_1.bin';
const requestsOf = (asked: string) => mirror.requests.filter(({ path }) => path === asked).length;
const idsOf = (events: readonly TokenEvent[]) =>
  events.flatMap((event) => (event.type === 'token' ? (event.tokenIds ?? []) : []));

test('makes its shaders while the weights are on their way, so that the load has little left to do then', async () => {
  test.setTimeout(300_000); // on a busy machine
  const held = Promise.withResolvers<void>();
  mirror.misbehave = ({ path }) => {
    if (!path.includes('params_shard')) return null;
    if (path === spoiltOnce && requestsOf(path) === 1) return { kind: 'flip', at: 9 };
    return { kind: 'hold', afterBytes: 0, until: held.promise };
  };
  await hostWorker(page).evaluate(noteShaders);
  const loading = load(made);
  await expect
    .poll(() => hostWorker(page).evaluate(countShaders), { timeout: 240_000 })
    .toMatchObject({ isReady: true });
  const releasedMs = performance.now();
  held.resolve();
  loaded = await loading;
  expect(loaded.error).toBeNull();
  // Of these shaders a load takes five seconds and more; those made anew on the same device are there at once.
  expect(performance.now() - releasedMs).toBeLessThan(3_000);
  expect(await hostWorker(page).evaluate(countShaders)).toMatchObject({ devices: 1 });
});

test('a shard that came with a wrong byte, which WebLLM would compute with, was fetched again', () => {
  expect(requestsOf(spoiltOnce)).toBeGreaterThan(1); // that its text is right is told below
});

test('is opened from the verified store on WebGPU, with no request of its own and no copy left behind', async () => {
  expect(loaded.result).toMatchObject({ engine: 'webllm', backend: 'webgpu', contextLength: 512 });
  expect([...origins].toSorted()).toEqual([new URL(mirror.url).origin, new URL(server.url).origin].toSorted());
  const kept = await page.evaluate(async () => [
    ...(await caches.keys()),
    ...(await indexedDB.databases()).map(({ name }) => name ?? ''),
  ]);
  expect(kept.filter((name) => name.startsWith('webllm'))).toEqual([]);
});

test('writes the tokens of the float64 reference, with their ids', async () => {
  const { events, error } = await ask();
  expect(error).toBeNull();
  expect(idsOf(events)).toEqual(reference.greedyIds);
  expect(events.at(-1)).toMatchObject({
    reason: 'length',
    promptTokens: reference.promptIds.length,
    completionTokens: 24,
  });
});

test('the fields that WebLLM ignores are kept to, or refused by their names', async () => {
  expect(await ask({ max_tokens: null, max_completion_tokens: 3 })).toMatchObject({
    events: { length: 4 },
    error: null,
  });
  const { events } = await ask({ max_tokens: 4, top_k: 1, temperature: 2 });
  expect(idsOf(events)).toEqual(reference.greedyIds.slice(0, 4));
  expect((await ask({ guided_choice: ['a'] })).error).toMatchObject({
    code: 'capability.unsupported',
    param: 'guided_choice',
  });
});

test('more candidates than WebLLM has are told, none of them infinite; the same seed writes the same', async () => {
  const { events } = await ask({ max_tokens: 2, logprobs: true, top_logprobs: 20 });
  const logprobs = events.flatMap((event) => (event.type === 'token' ? (event.logprobs?.content ?? []) : []));
  expect(logprobs).toHaveLength(2);
  for (const { top_logprobs: top } of logprobs) {
    expect(top).toHaveLength(20);
    expect(top.every(({ logprob }) => Number.isFinite(logprob))).toBe(true);
  }
  const sampled = { temperature: 1, seed: 5, max_tokens: 8 };
  const first = idsOf((await ask(sampled)).events);
  expect(idsOf((await ask(sampled)).events)).toEqual(first);
  expect(idsOf((await ask({ ...sampled, seed: 6 })).events)).not.toEqual(first);
});

test('a stop string that is cut across tokens ends the answer and never shows', async () => {
  const { text } = await ask();
  const stop = text.slice(3, 8);
  const stopped = await ask({ stop });
  expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)));
  expect(stopped.events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
});

test('an answer that was begun before goes on right behind what is out', async () => {
  const { events, text } = await ask();
  const out = events.slice(0, 9);
  const emitted = {
    text: out.map((event) => (event.type === 'token' ? event.text : '')).join(''),
    tokenIds: idsOf(out),
    tokens: idsOf(out).length,
  };
  const rest = await ask({}, {}, { emitted });
  expect(emitted.text + rest.text).toBe(text);
  expect(rest.events.at(-1)).toMatchObject({ completionTokens: 24 });
});

test('a prompt computes only what is new in it, and tells how much was there', async () => {
  await ask({ messages: [{ role: 'user', content: 'Something else.' }], max_tokens: 1 });
  expect((await ask()).events.at(-1)).toMatchObject({ cachedTokens: 0 });
  const again = await ask();
  expect(again.events.at(-1)).toMatchObject({ cachedTokens: reference.promptIds.length - 1 });
  expect(idsOf(again.events)).toEqual(reference.greedyIds);
});

test('another question behind the same system message computes that message once, and writes the same', async () => {
  const about = (content: string) => ({
    messages: [
      { role: 'system', content: 'Answer in a few words what is asked about the river.' },
      { role: 'user', content },
    ],
    max_tokens: 8,
  });
  await ask({ messages: [{ role: 'user', content: 'Something else.' }], max_tokens: 1 });
  const fresh = await ask(about('Where does it end?'));
  expect(fresh.events.at(-1)).toMatchObject({ cachedTokens: 0 });
  await ask(about('Why?'));
  const again = await ask(about('Where does it end?'));
  const finish = again.events.at(-1);
  if (finish?.type !== 'finish') throw new Error('It did not finish.');
  expect(finish.cachedTokens).toBeGreaterThan(16);
  expect(finish.cachedTokens).toBeLessThan(finish.promptTokens - 1);
  expect(idsOf(again.events)).toEqual(idsOf(fresh.events));
});

test('json_object and json_schema, which WebLLM ignores, are kept to', async () => {
  const schema = {
    type: 'object',
    properties: { a: { enum: ['x', 'y'] } },
    required: ['a'],
    additionalProperties: false,
  };
  const response_format = { type: 'json_schema', json_schema: { name: 'n', schema } };
  const { text, error, events } = await ask({ response_format, temperature: 1, seed: 3, max_tokens: 60 });
  expect(error).toBeNull();
  expect(['x', 'y']).toContain(JSON.parse(text).a);
  expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  const object = await ask({ response_format: { type: 'json_object' }, max_tokens: 6 });
  expect(object.text.trimStart().startsWith('{')).toBe(true);
});

test('an abort, before the first token too, stops one request, and the one behind it is answered whole', async () => {
  const [aborted, lost, answered] = await Promise.all([
    ask({ max_tokens: 200 }, { abortAfterTokens: 3 }),
    ask({ max_tokens: 200 }, { abortAfterMs: 0 }),
    ask(),
  ]);
  expect(aborted.error).toMatchObject({ kind: 'abort' });
  expect(aborted.endedAfterMs).toBeLessThan(1_000);
  expect(lost.error).toMatchObject({ kind: 'abort' });
  expect(lost.text).toBe('');
  expect(idsOf(answered.events)).toEqual(reference.greedyIds);
});

test('a GPU process that crashes is a lost device, never an abort; opened anew it writes the same', async ({
  browser,
}) => {
  const session = await browser.newBrowserCDPSession();
  const answer = ask({ max_tokens: 400 });
  await page.waitForTimeout(600); // 400 tokens take many seconds: it is in the middle of them
  await session.send('Browser.crashGpuProcess').catch(() => undefined); // it may answer nothing more
  const { error } = await answer;
  expect(error).toMatchObject({ kind: 'orilla', code: 'engine.device-lost' });
  expect((await load(made)).error).toBeNull();
  expect(idsOf((await ask()).events)).toEqual(reference.greedyIds);
});

test('an unload in the middle of an answer is told as such', async () => {
  const { error, text } = await ask({ max_tokens: 200 }, { unloadAfterTokens: 3 });
  expect(text).not.toBe('');
  expect(error).toMatchObject({ kind: 'orilla', code: 'engine.failed' });
});

test('an object that WebLLM throws and that is no Error comes as an error of ours', async () => {
  const { error } = await load(broken);
  expect(error).toMatchObject({ kind: 'orilla', code: 'engine.load-failed' });
});

test('an aborted load ends soon and as an abort, which WebLLM itself swallows', async () => {
  const { error, endedAfterMs } = await load(made, { abortAtPhase: 'open', abortAfterMs: 700 });
  expect(error).toMatchObject({ kind: 'abort' });
  expect(endedAfterMs).toBeLessThan(3_000);
});

declare global {
  var notedShaders: { begun: number; made: number; readonly devices: Set<GPUDevice> } | undefined;
}

// Both run in the worker: they may use nothing from this file.

function noteShaders(): void {
  const noted = { begun: 0, made: 0, devices: new Set<GPUDevice>() };
  globalThis.notedShaders = noted;
  const { createComputePipelineAsync } = GPUDevice.prototype;
  GPUDevice.prototype.createComputePipelineAsync = async function (this: GPUDevice, ...given) {
    noted.devices.add(this);
    noted.begun += 1;
    const pipeline = await createComputePipelineAsync.apply(this, given);
    noted.made += 1;
    return pipeline;
  };
}

function countShaders() {
  const { begun = 0, made = 0, devices } = globalThis.notedShaders ?? {};
  return { isReady: begun > 0 && made === begun, devices: devices?.size ?? 0 };
}
