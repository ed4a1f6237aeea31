import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { seededRandom } from '../../../bench/statistics/seeded-random.ts';
import {
  answerOf,
  openClientPage,
  type Question,
  serveClientPage,
  strikeAfter,
} from '../../fixtures/client-page/open-client-page.ts';
import { tinyOnnxPackage } from '../../fixtures/models/tiny-onnx-package.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { starterPackage } from '../../fixtures/worker-page/open-page.ts';

// The real model on the CPU: llama.cpp gives no ids to go on behind, so that the text is all it has.

const tokens = 16;
const question: Question = {
  messages: [{ role: 'user', content: 'Tell me a story about a river.' }],
  temperature: 0,
  max_tokens: tokens,
};

test('an answer of the starter model goes on, character by character the same, when its worker ends behind any token', async ({
  context,
}) => {
  const made = await starterPackage();
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await serveClientPage();
  const packages = [made.describe(mirror.url)];
  const page = await openClientPage(context, { url: server.url, packages, backend: 'wasm' });
  const undisturbed = await answerOf(page, question);
  expect(undisturbed).toMatchObject({ error: null, receipt: { parts: [{ engine: 'llamacpp', backend: 'wasm' }] } });

  const random = seededRandom(7);
  for (let times = 0; times < 2; times += 1) {
    const after = 1 + Math.floor(random() * (tokens - 2));
    await strikeAfter(page, 'close', after);
    const disturbed = await answerOf(page, question);
    expect(disturbed?.error, `behind token ${after}`).toBeNull();
    expect(disturbed?.text, `behind token ${after}`).toBe(undisturbed?.text);
    expect(disturbed?.receipt?.usage).toMatchObject({
      prompt_tokens: undisturbed?.receipt?.usage?.prompt_tokens,
      completion_tokens: undisturbed?.receipt?.usage?.completion_tokens,
    });
    expect(disturbed?.receipt?.parts).toHaveLength(2);
  }
});

const tiny = tinyOnnxPackage({ chatTemplate: "{{ messages[0]['content'] }}" });
const tale: Question = { messages: [{ role: 'user', content: 'The river' }], temperature: 0, max_tokens: 300 };
const ask = (page: Page) => page.evaluate((given) => window.client.ask(given), tale);
const textOf = (page: Page, answer: number) => page.evaluate((number) => window.client.textOf(number), answer);
const answered = (page: Page, answer: number) => page.evaluate((number) => window.client.answered(number), answer);

/** A page with the tiny model, and what that answers when nothing happens to it. */
async function openTiny(context: BrowserContext) {
  const mirror = await startMirrorServer({ files: tiny.served });
  const server = await serveClientPage();
  const page = await openClientPage(context, {
    url: server.url,
    packages: [tiny.describe(mirror.url)],
    backend: 'wasm',
  });
  const undisturbed = await answerOf(page, tale);
  expect(undisturbed?.error).toBeNull();
  const close = async () => {
    await mirror.close();
    await server[Symbol.asyncDispose]();
  };
  return { page, undisturbed, [Symbol.asyncDispose]: close };
}

test('nothing waits for ever: a worker that does nothing any more is ended, and the answer goes on with the next', async ({
  context,
}) => {
  await using opened = await openTiny(context);
  const { page, undisturbed } = opened;
  await page.clock.install();
  await strikeAfter(page, 'hang', 40);
  const answer = await ask(page);
  await expect.poll(() => textOf(page, answer)).not.toBe('');
  // A minute until it is asked whether it is there, and half a minute for it to say so.
  await page.clock.runFor(96_000);
  await page.clock.resume();
  expect(await answered(page, answer)).toMatchObject({ error: null, text: undisturbed?.text });
});

test('tabs that are frozen in mid-answer, worker and all, go on with it when they are resumed, and nothing is taken for lost', async ({
  browser,
  context,
}) => {
  await using opened = await openTiny(context);
  const { page, undisturbed } = opened;
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  expect(renderers).not.toEqual([]);
  const set = (signal: 'SIGSTOP' | 'SIGCONT') => {
    for (const id of renderers) process.kill(id, signal);
  };
  // A tiny model says all it has in no time: of several answers one is in its middle.
  const answers = [];
  for (let count = 0; count < 6; count += 1) answers.push(await ask(page));
  await page.waitForFunction((first) => window.client.textOf(first) !== '', answers[0] ?? 0);
  set('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  set('SIGCONT');
  const reports = [];
  for (const answer of answers) reports.push(await answered(page, answer));
  for (const report of reports) {
    expect(report).toMatchObject({ error: null, text: undisturbed?.text });
    expect(report?.receipt?.parts).toHaveLength(1);
  }
  const longestMs = Math.max(...reports.map((report) => report?.longestPauseMs ?? 0));
  expect(longestMs, 'it was frozen').toBeGreaterThan(1_500);
  expect((await page.evaluate(() => window.client.facts()))?.engines.onnx?.setAside).toBeUndefined();
});

test('an engine that fails twice is set aside with a note, for every page, and its answer is finished by another engine', async ({
  context,
}) => {
  const starter = await starterPackage();
  await using mirror = await startMirrorServer({ files: { ...tiny.served, ...starter.served } });
  await using server = await serveClientPage();
  const packages = [tiny.describe(mirror.url), starter.describe(mirror.url)];
  const open = () => openClientPage(context, { url: server.url, packages, backend: 'wasm' });
  const page = await open();
  const { text: undisturbed = '' } = (await answerOf(page, { ...tale, max_tokens: 30 })) ?? {};
  await strikeAfter(page, 'close', 8);
  page.once('worker', (next) => strikeAfter(next, 'close', 8));
  const report = await answerOf(page, { ...tale, max_tokens: 30 });
  expect(report?.error).toBeNull();
  expect(report?.receipt?.parts).toMatchObject(['onnx', 'onnx', 'llamacpp'].map((engine) => ({ engine })));
  const common = [...undisturbed].findIndex((character, index) => [...(report?.text ?? '')][index] !== character);
  expect(common === -1 || common >= 8, 'what was told before stays').toBe(true);
  const other = await open();
  const facts = await other.evaluate(() => window.client.facts());
  expect(facts?.engines.onnx?.setAside).toMatchObject({ code: 'engine.worker-died' });
  expect((await other.evaluate(() => window.client.prepare()))?.engine).toBe('llamacpp');
});

test('a package that took its page down when it was opened does not fit any more; a page that is loaded anew meanwhile says nothing', async ({
  context,
}) => {
  await using mirror = await startMirrorServer({ files: tiny.served });
  await using server = await serveClientPage();
  const packages = [tiny.describe(mirror.url)];
  const open = () => openClientPage(context, { url: server.url, packages, backend: 'wasm' });
  const fitOf = async (page: Page) => (await page.evaluate(() => window.client.fits()))?.packages[0];
  const first = await open();
  expect(await fitOf(first)).toMatchObject({ fits: true });
  await first.evaluate(() => window.client.download());
  // The engine's own code never comes: from then on it is being opened.
  const openings = async (page: Page) => {
    const asked = page.waitForRequest(/ort-wasm.*\.wasm/);
    page.evaluate(() => window.client.prepare()).catch(() => undefined); // the page goes before it is answered
    await asked;
  };
  await context.route(/ort-wasm.*\.wasm/, () => undefined);
  await openings(first);
  await first.close();
  const second = await open();
  expect(await fitOf(second)).toMatchObject({ fits: true });
  await openings(second);
  const crashed = second.waitForEvent('crash');
  const devtools = await context.newCDPSession(second);
  devtools.send('Page.crash').catch(() => undefined); // it never answers
  await crashed;
  const third = await open();
  const fit = await fitOf(third);
  expect(fit).toMatchObject({ fits: false, basis: 'crash' });
  expect(fit?.haveBytes).toBeLessThan(fit?.needBytes ?? 0);
});
