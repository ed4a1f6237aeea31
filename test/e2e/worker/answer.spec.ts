import type { ChatRequest, DevicePackage, GenerateCall, LoadResult } from '@orilla/contract';
import { expect, type Page, test } from '@playwright/test';
import type { MirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage, starterPackage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';
import { engineWorkers, watchEngine } from '../../fixtures/worker-page/watch-engine.ts';
import type { CallOptions, CallReport } from '../../fixtures/worker-page/worker-page.ts';

// One page with the real model open serves all of these: opening it takes longer than most of them.
// It isn't isolated, so that the engine has one thread: two of them crawl where other programs use the cores too.

let mirror: MirrorServer;
let server: PageServer;
let page: Page;
let pkg: DevicePackage;
let firstLoad: CallReport<LoadResult>;
const origins = new Set<string>();

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000); // the model may have to be fetched first
  const made = await starterPackage();
  mirror = await startMirrorServer({ files: made.served });
  server = await servePage({ isolated: false });
  pkg = made.describe(mirror.url);
  const context = await browser.newContext();
  context.on('request', (request) => origins.add(new URL(request.url()).origin));
  page = await openWorkerPage(context, server.url);
  firstLoad = await load();
});

test.afterAll(async () => {
  await page?.context().close();
  await mirror?.close();
  await server?.[Symbol.asyncDispose]();
});

const capital: ChatRequest = {
  model: 'starter',
  // Without the first message this model is torn between two answers.
  messages: [
    { role: 'system', content: 'Answer in one short sentence.' },
    { role: 'user', content: 'What is the capital of France?' },
  ],
  max_tokens: 12,
  temperature: 0,
};
const story: ChatRequest = {
  model: 'starter',
  messages: [{ role: 'user', content: 'Tell me a story about a fox.' }],
  max_tokens: 60,
  temperature: 0,
};
/** Goes on until the context is full. */
const endless: ChatRequest = { ...story, max_tokens: 200, logit_bias: { 2: -100 } };

const load = (options: CallOptions = {}) =>
  page.evaluate(([pkg, options]) => window.harness.load(pkg, options), [pkg, options] as const);
const ask = (request: ChatRequest, options: CallOptions = {}, how: GenerateCall = {}) =>
  page.evaluate(([request, options, how]) => window.harness.generate('starter', request, options, how), [
    request,
    options,
    how,
  ] as const);

test('loads the real model from a mirror, says how, and counts every byte', async () => {
  const { result, error, progress } = firstLoad;
  expect(error).toBeNull();
  expect(result).toMatchObject({
    packageId: 'starter',
    engine: 'llamacpp',
    contextLength: 256,
    threads: 1,
    fetchedBytes: 98_362_432,
  });
  expect(mirror.sentFileBytes).toBe(98_362_432);
  expect([...new Set(progress.map(({ phase }) => phase))]).toEqual(['manifest', 'download', 'open']);
  const stored = progress.map(({ storedBytes }) => storedBytes);
  expect(stored).toEqual(stored.toSorted((one, other) => one - other));
  expect(progress.at(-1)).toMatchObject({ storedBytes: 98_362_432, totalBytes: 98_362_432 });
  expect(progress.some(({ bytesPerSecond, secondsLeft }) => bytesPerSecond > 0 && secondsLeft !== null)).toBe(true);
});

test('knows that Paris is the capital of France', async () => {
  const { text, events, error } = await ask(capital);
  expect(error).toBeNull();
  expect(text).toContain('Paris');
  expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop', promptTokens: 27 });
});

test('streams: a message for each token, the first long before the engine has the last', async () => {
  const { events, messages, addedMs } = await ask({ ...story, max_tokens: 20 });
  const tokens = events.filter(({ type }) => type === 'token');
  expect(tokens.length).toBeGreaterThan(15);
  expect(messages).toBeGreaterThanOrEqual(tokens.length);
  const [firstMs = 0, ...laterMs] = events.map(({ atMs }) => atMs);
  expect(firstMs + (addedMs[0] ?? Number.NaN)).toBeLessThan(Math.max(...laterMs));
});

test('a token is on its way to the page before the engine is asked for the next one', async () => {
  const steps = await watchEngine(page, () => ask({ ...capital, max_tokens: 6 }));
  expect(steps.filter((step) => step === 'sent').length).toBeGreaterThanOrEqual(6);
  expect(steps.join(' ')).toContain('given sent asked given sent asked given sent asked');
  expect(steps.join(' ')).not.toContain('given asked sent');
});

test('takes the prefix that two conversations share from the cache', async () => {
  await ask(capital);
  // A shorter one in between takes nothing away from it.
  await ask({ ...capital, messages: [{ role: 'system', content: 'Hi' }], max_tokens: 1 });
  const { events } = await ask(capital);
  expect(events.at(-1)).toMatchObject({ type: 'finish', cachedTokens: 26 });
});

test('stops at the token limit, and at a stop string', async () => {
  const limited = await ask({ ...capital, max_tokens: 3 });
  expect(limited.events.at(-1)).toMatchObject({ type: 'finish', reason: 'length', completionTokens: 3 });
  const stopped = await ask({ ...capital, stop: ' France' });
  expect(stopped.text).toBe('The capital of');
  expect(stopped.events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
});

test('answers as a JSON schema says', async () => {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string', maxLength: 12 }, age: { type: 'integer', minimum: 0, maximum: 99 } },
    required: ['name', 'age'],
    additionalProperties: false,
  };
  const { text, error } = await ask({
    ...capital,
    messages: [{ role: 'user', content: 'Give me JSON with the name and age of Bob, who is 5.' }],
    max_tokens: 60,
    response_format: { type: 'json_schema', json_schema: { name: 'person', schema } },
  });
  expect(error).toBeNull();
  expect(JSON.parse(text)).toEqual({ name: expect.any(String), age: expect.any(Number) });
});

test('gives log probabilities in the form of OpenAI, and only where they are asked for', async () => {
  const plain = await ask({ ...capital, max_tokens: 2 });
  expect(plain.events[0]).not.toHaveProperty('logprobs');
  const logged = await ask({ ...capital, max_tokens: 2, logprobs: true, top_logprobs: 2 });
  const [first] = logged.events;
  expect(first).toMatchObject({ type: 'token', logprobs: { content: [{ token: 'The', bytes: [84, 104, 101] }] } });
  const entry = first?.type === 'token' ? first.logprobs?.content?.[0] : undefined;
  expect(entry?.top_logprobs).toHaveLength(2);
  expect(entry).not.toHaveProperty('id');
});

test('the same seed gives the same answer', async () => {
  const request = { ...story, max_tokens: 8, temperature: 1, seed: 7 };
  const [one, two] = [await ask(request), await ask(request)];
  expect(one.text).toBe(two.text);
});

test('refuses what it cannot do, naming the field', async () => {
  const functions = [{ name: 'f' }];
  expect((await ask({ ...capital, functions })).error).toMatchObject({
    kind: 'orilla',
    code: 'capability.unsupported',
    param: 'functions',
  });
  expect((await ask({ ...capital, n: 0 })).error).toMatchObject({ code: 'protocol.bad-request', param: 'n' });
});

/** Every token of its answer's beginning is a part of a character. */
const fox: ChatRequest = {
  ...capital,
  messages: [{ role: 'user', content: 'Repeat after me: 🦊 Grüße 漢字' }],
  max_tokens: 8,
};

test('an answer goes on behind any of its tokens as if it had never been cut, and counts them all', async () => {
  const whole = await ask(fox);
  const finish = whole.events.at(-1);
  expect(whole.text).toMatch(/^🦊 Grü/u);
  let text = '';
  for (const [index, event] of whole.events.slice(0, 3).entries()) {
    if (event.type !== 'token') throw new Error('It begins with tokens.');
    text += event.text;
    // The fox takes three tokens, and the others one.
    const emitted = { text, tokens: index + 3 };
    const { events, text: rest, error } = await ask(fox, {}, { emitted });
    expect(error).toBeNull();
    expect(text + rest).toBe(whole.text);
    expect(events.at(-1)).toMatchObject({ ...finish, cachedTokens: expect.any(Number), atMs: expect.any(Number) });
  }
});

test('of a character only some of whose tokens are there nothing is told, and an answer cut there begins anew', async () => {
  const cut = await ask({ ...fox, max_tokens: 2 });
  expect(cut.text).toBe('');
  const { text } = await ask({ ...fox, max_tokens: 4 }, {}, { emitted: { text: '', tokens: 0 } });
  expect(text).toBe('🦊 Gr');
});

test('an answer that was cut where its limit is ends there', async () => {
  const { events } = await ask({ ...fox, max_tokens: 4 }, {}, { emitted: { text: '🦊 Gr', tokens: 4 } });
  expect(events).toMatchObject([{ type: 'finish', reason: 'length', completionTokens: 4 }]);
});

test('says so where a token of the answer has no log probability that the engine could tell, and leaves others alone', async () => {
  const [other, logged, next] = await Promise.all([ask(fox), ask({ ...fox, logprobs: true }), ask(fox)]);
  expect(logged.error).toMatchObject({ code: 'capability.unsupported', param: 'logprobs' });
  for (const { text } of [other, next]) expect(text).toMatch(/^🦊/u);
});

test('several answers to one prompt, each by its own seed', async () => {
  const { events, error } = await ask({ ...story, n: 3, max_tokens: 4, temperature: 1, seed: 7 });
  expect(error).toBeNull();
  const texts = [0, 1, 2].map((number) =>
    events.map((event) => (event.type === 'token' && event.choice === number ? event.text : '')).join(''),
  );
  expect(new Set(texts).size).toBeGreaterThan(1);
  expect(events.filter(({ type }) => type === 'choice-end')).toMatchObject([{ choice: 0 }, { choice: 1 }]);
  expect(events.at(-1)).toMatchObject({ type: 'finish', choice: 2, reason: 'length', completionTokens: 12 });
});

const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { enum: ['Paris', 'Rome'] } }, required: ['city'] },
  },
};

test('calls the tool that it must call, with arguments as its schema says', async () => {
  const { events, text, error } = await ask({
    ...capital,
    messages: [{ role: 'user', content: 'Weather in Paris?' }],
    tools: [weather],
    tool_choice: 'required',
    max_tokens: 40,
  });
  expect(error).toBeNull();
  expect(text).toBe('');
  const calls = events.filter((event) => event.type === 'tool-call');
  expect(calls[0]).toMatchObject({ index: 0, id: expect.stringMatching(/^call_/), name: 'weather' });
  expect(JSON.parse(calls.map(({ argumentsText }) => argumentsText).join(''))).toEqual({
    city: expect.stringMatching(/^(Paris|Rome)$/),
  });
  expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'tool_calls' });
});

test('an answer that reaches the end of the context ends with `length`, and reads nothing again that another conversation began with', async () => {
  const content = `${'one two three four five six seven eight nine ten '.repeat(4)} Go on.`;
  // The tools stand at the beginning of the prompt, as in the one before.
  const request = { ...endless, messages: [{ role: 'user' as const, content }], tools: [weather] };
  const { events, error } = await ask(request);
  expect(error).toBeNull();
  const finish = events.at(-1);
  expect(finish).toMatchObject({ type: 'finish', reason: 'length' });
  if (finish?.type !== 'finish') return;
  expect(finish.promptTokens + finish.completionTokens).toBeGreaterThanOrEqual(255);
  expect(finish.promptTokens + finish.completionTokens).toBeLessThanOrEqual(257);
  expect(finish.cachedTokens).toBeGreaterThan(100);
});

test('a conversation longer than the context is an error with both figures, and nothing of the prompt', async () => {
  const content = 'plover '.repeat(300);
  const { error, text } = await ask({ ...capital, messages: [{ role: 'user', content }] });
  expect(text).toBe('');
  expect(error).toMatchObject({ kind: 'orilla', code: 'engine.context-exceeded', param: 'messages' });
  expect(error?.message).toMatch(/takes \d{3,4} tokens, and there are 256/);
  expect(JSON.stringify(error)).not.toContain('plover');
});

test('a schema that no grammar can be made of is a bad request, and the engine goes on', async () => {
  const schema = { type: 'nonsense' };
  const { error } = await ask({
    ...capital,
    response_format: { type: 'json_schema', json_schema: { name: 'nonsense', schema } },
  });
  expect(error).toMatchObject({ code: 'protocol.bad-request', param: 'response_format' });
  expect((await ask(capital)).text).toContain('Paris');
});

test('an abort in the middle of an answer ends it there', async () => {
  const { error, events } = await ask(story, { abortAfterTokens: 3 });
  expect(error).toMatchObject({ kind: 'abort' });
  expect(events.every(({ type }) => type === 'token')).toBe(true);
  expect(events.length).toBeLessThan(30);
});

test('an abort while the prompt is read comes before any token, and the engine goes on with others', async () => {
  const content = 'A line of a very long poem that nobody has read. '.repeat(14);
  const { error, events } = await ask({ ...story, messages: [{ role: 'user', content }] }, { abortAfterMs: 50 });
  expect(error).toMatchObject({ kind: 'abort' });
  expect(events).toEqual([]);
  expect((await ask(capital)).text).toContain('Paris');
});

test('aborting one of two running requests leaves the other running', async () => {
  const alone = await ask({ ...story, max_tokens: 24 });
  const [stopped, other] = await Promise.all([ask(story, { abortAfterTokens: 4 }), ask({ ...story, max_tokens: 24 })]);
  expect(stopped.error).toMatchObject({ kind: 'abort' });
  expect(other.error).toBeNull();
  expect(other.text.length).toBeGreaterThan(20);
  expect(other.events.at(-1)).toMatchObject({ type: 'finish', completionTokens: 24 });
  // Two sequences in one batch may round otherwise than one; the beginning is the same.
  expect(other.text.slice(0, 10)).toBe(alone.text.slice(0, 10));
});

test('an aborted request gives up its turn: the next one need not wait until nobody would have read all of it', async () => {
  const ended: string[] = [];
  const other = ask({ ...endless, max_tokens: 50 }).finally(() => ended.push('read to its end'));
  const aborted = ask({ ...endless, max_tokens: 50 }, { abortAfterTokens: 2 }).finally(() => ended.push('aborted'));
  const next = aborted.then(() => ask({ ...capital, max_tokens: 8 })).finally(() => ended.push('next'));
  expect((await next).text).toContain('Paris');
  expect((await other).events.at(-1)).toMatchObject({ type: 'finish', completionTokens: 50 });
  expect(ended).toEqual(['aborted', 'next', 'read to its end']);
});

test('more requests than it can hold are refused, the others are all answered', async () => {
  const reports = await Promise.all(Array.from({ length: 20 }, () => ask({ ...capital, max_tokens: 1 })));
  const refused = reports.filter(({ error }) => error !== null);
  expect(refused).toHaveLength(2);
  for (const { error } of refused) expect(error).toMatchObject({ code: 'engine.busy' });
  for (const { text, error } of reports) if (!error) expect(text).toBe('The');
});

test('a package that is not loaded is not answered for', async () => {
  const { error } = await page.evaluate((request) => window.harness.generate('another', request), capital);
  expect(error).toMatchObject({ code: 'engine.failed' });
});

test('unloading ends what runs, and the next load takes nothing from the network', async () => {
  const { events, error } = await ask(story, { unloadAfterTokens: 3 });
  expect(error).toMatchObject({ code: 'engine.failed' });
  expect(events.length).toBeGreaterThanOrEqual(3);
  const before = mirror.requests.length;
  const { result, progress } = await load();
  expect(result).toMatchObject({ packageId: 'starter', fetchedBytes: 0 });
  expect(progress.map(({ phase }) => phase)).toEqual(['open']);
  expect(mirror.requests.length).toBe(before);
  expect((await ask(capital)).text).toContain('Paris');
});

test('a load that is aborted while the engine opens ends, and the next one works', async () => {
  await page.evaluate(() => window.harness.unload());
  const { result, error } = await load({ abortAtPhase: 'open' });
  expect(result).toBeNull();
  expect(error).toMatchObject({ kind: 'abort' });
  expect((await load()).result).toMatchObject({ packageId: 'starter', fetchedBytes: 0 });
});

test('whenever a load is aborted, no worker of the engine stays behind', async () => {
  await page.evaluate(() => window.harness.unload());
  for (const abortAfterMs of [0, 2, 5, 10, 40]) {
    const { error } = await load({ abortAtPhase: 'open', abortAfterMs });
    expect(error).toMatchObject({ kind: 'abort' });
  }
  await expect.poll(() => engineWorkers(page).length).toBe(0);
  expect((await load()).result).toMatchObject({ packageId: 'starter', fetchedBytes: 0 });
});

test('an engine whose own worker fails tells whoever waits, and is opened anew by the next load', async () => {
  const running = ask(story);
  const engines = engineWorkers(page);
  expect(engines).toHaveLength(1);
  await engines[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error('The engine fails.');
    });
  });
  expect((await running).error).toMatchObject({ code: 'engine.crashed' });
  expect((await ask(capital)).error).toMatchObject({ code: 'engine.failed' });
  expect((await load()).result).toMatchObject({ packageId: 'starter', fetchedBytes: 0 });
  expect((await ask(capital)).text).toContain('Paris');
});

test('another page opens it with the mirror gone', async () => {
  await page.evaluate(() => window.harness.unload());
  await mirror.close();
  const second = await openWorkerPage(page.context(), server.url);
  const { result, error } = await second.evaluate((pkg) => window.harness.load(pkg), pkg);
  expect(error).toBeNull();
  expect(result).toMatchObject({ fetchedBytes: 0 });
  const { text } = await second.evaluate((request) => window.harness.generate('starter', request), capital);
  expect(text).toContain('Paris');
  await second.close();
});

test('nobody but the page and the mirror was asked for anything', () => {
  expect([...origins].toSorted()).toEqual([new URL(server.url).origin, new URL(mirror.url).origin].toSorted());
});
