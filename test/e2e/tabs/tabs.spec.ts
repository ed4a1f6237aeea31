import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import {
  answerOf,
  holdAfter,
  hostWorker,
  openClientPage,
  type Question,
  serveClientPage,
  strikeAfter,
} from '../../fixtures/client-page/open-client-page.ts';
import { tinyOnnxPackage } from '../../fixtures/models/tiny-onnx-package.ts';
import { type MirrorServer, startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import type { PageServer } from '../../fixtures/worker-page/serve-page.ts';

// Real tabs of a real Chromium with a real engine, onnxruntime-web on WASM, and a tiny model.

const made = tinyOnnxPackage({ chatTemplate: "{{ messages[0]['content'] }}" });
const question = (content: string, max_tokens = 300): Question => ({
  messages: [{ role: 'user', content }],
  temperature: 0,
  max_tokens,
});
const tale = question('The river and the shore');

let server: PageServer;
let mirror: MirrorServer;
let context: BrowserContext;
test.beforeAll(async ({ browser }) => {
  server = await serveClientPage();
  mirror = await startMirrorServer({ files: made.served });
  context = await browser.newContext();
});
test.afterAll(async () => {
  await context?.close();
  await mirror?.close();
  await server?.[Symbol.asyncDispose]();
});

const open = () => openClientPage(context, { url: server.url, packages: [made.describe(mirror.url)], backend: 'wasm' });
const ask = (page: Page, asked: Question) => page.evaluate((given) => window.client.ask(given), asked);
const answered = (page: Page, answer: number) => page.evaluate((number) => window.client.answered(number), answer);
const textOf = (page: Page, answer: number) => page.evaluate((number) => window.client.textOf(number), answer);

/** Whether onnxruntime-web was fetched in the page's worker, which is where a model would be in memory. */
const hasEngine = (page: Page) =>
  hostWorker(page).evaluate(() =>
    performance.getEntriesByType('resource').some(({ name }) => /ort-wasm.*\.wasm/.test(name)),
  );

test('while weights are on their way their engine is made: its code is there before they are', async () => {
  const released = Promise.withResolvers<void>();
  const held = { kind: 'hold', afterBytes: 0, until: released.promise } as const;
  mirror.misbehave = ({ path }) => (path.endsWith('model.onnx') ? held : null);
  const page = await open();
  const started = page.waitForEvent('worker');
  const prepared = page.evaluate(() => window.client.prepare());
  const worker = await started;
  const hasCode = () =>
    worker.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('onnx-engine')));
  await expect.poll(hasCode).toBe(true);
  expect(mirror.requests.find(({ path }) => path.endsWith('model.onnx'))?.sentBytes ?? 0).toBe(0);
  released.resolve();
  expect(await prepared).toMatchObject({ engine: 'onnx', backend: 'wasm' });
  await page.close();
});

test('five tabs have one engine; when the leading tab closes in mid-answer, another finishes every open answer', async () => {
  const pages = [];
  for (let count = 0; count < 5; count += 1) pages.push(await open());
  const [leader, ...followers] = pages;
  if (!leader) throw new Error('No page was opened.');
  const undisturbed = await answerOf(leader, tale);
  expect(undisturbed).toMatchObject({ error: null, receipt: { parts: [{ engine: 'onnx', backend: 'wasm' }] } });

  await holdAfter(leader, 60);
  const answers = await Promise.all(followers.map((page) => ask(page, tale)));
  // One of them has begun; the others may wait for its end.
  const told = () => Promise.all(followers.map((page, index) => textOf(page, answers[index] ?? 0)));
  await expect.poll(async () => (await told()).join('')).not.toBe('');
  expect(await Promise.all(pages.map(hasEngine))).toEqual([true, false, false, false, false]);
  await leader.close();
  const reports = await Promise.all(followers.map((page, index) => answered(page, answers[index] ?? 0)));
  for (const report of reports) {
    expect(report?.error).toBeNull();
    expect(report?.text).toBe(undisturbed?.text);
    expect(report?.receipt?.usage).toMatchObject({ completion_tokens: undisturbed?.receipt?.usage?.completion_tokens });
  }
  expect(Math.max(...reports.map((report) => report?.receipt?.parts.length ?? 0))).toBe(2);
  const engines = await Promise.all(followers.map(hasEngine));
  expect(engines.filter(Boolean)).toHaveLength(1);
  // Nothing was wrong with the engine.
  expect((await followers[0]?.evaluate(() => window.client.facts()))?.engines.onnx?.setAside).toBeUndefined();
  for (const page of followers) await page.close();
});

test('when the worker of the leading tab dies, its own answer and those of the others go on', async () => {
  const [leader, follower] = [await open(), await open()];
  const undisturbed = await answerOf(leader, tale);
  await answerOf(follower, question('To be there', 2));
  await strikeAfter(leader, 'close', 40);
  const answers = [await ask(leader, tale), await ask(follower, tale)] as const;
  for (const report of [await answered(leader, answers[0]), await answered(follower, answers[1])]) {
    expect(report?.error).toBeNull();
    expect(report?.text).toBe(undisturbed?.text);
  }
  for (const page of [leader, follower]) await page.close();
});

test('what is removed in the leading tab goes on answering the others, and a load that it did for them goes on when it closes', async () => {
  const [leader, follower] = [await open(), await open()];
  const undisturbed = await answerOf(leader, tale);
  const answers = [await ask(follower, tale), await ask(follower, tale), await ask(follower, tale)];
  await expect.poll(() => textOf(follower, answers[0] ?? 0)).not.toBe('');
  await leader.evaluate(() => window.client.remove());
  for (const answer of answers) {
    const report = await answered(follower, answer);
    expect(report).toMatchObject({ error: null, text: undisturbed?.text });
    expect(report?.receipt?.parts).toHaveLength(1);
  }
  // It is to be downloaded anew: by the leading tab, which closes in the middle of that.
  const reached = Promise.withResolvers<void>();
  const until = new Promise<void>(() => undefined);
  mirror.misbehave = ({ path }) =>
    path.endsWith('model.onnx') ? { kind: 'hold', afterBytes: 0, until, onReached: reached.resolve } : null;
  const prepared = follower.evaluate(() => window.client.prepare());
  await reached.promise;
  mirror.misbehave = () => null;
  await leader.close();
  expect(await prepared).toMatchObject({ packageId: 'tiny-onnx' });
  expect(await hasEngine(follower)).toBe(true);
  await follower.close();
});
