import type { Backend } from '@orilla/contract';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { referenceCases } from '../../fixtures/models/tiny-onnx-package.ts';
import { type MirrorServer, startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';
import {
  ask,
  bare,
  countDevices,
  firstLogprobs,
  load,
  loseDevice,
  openTinyLlama,
  request,
  tokensOf,
} from './onnx-pages.ts';

let mirror: MirrorServer;
let server: PageServer;
let context: BrowserContext;
/** Stays open for the tests that want a GPU: there, opening takes the longest of all. */
let onGpu: Page | null = null;

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext();
  mirror = await startMirrorServer({ files: bare.served });
  server = await servePage({ isolated: true });
});

test.afterAll(async () => {
  await context.close();
  await server[Symbol.asyncDispose]();
  await mirror.close();
});

async function openOn(backend: Backend): Promise<Page> {
  const options = { url: server.url, mirror: mirror.url, backend };
  if (backend === 'wasm') return openTinyLlama(context, options);
  onGpu ??= await openTinyLlama(context, options);
  return onGpu;
}

/** The shortest, and the one that is longer than what attention computes in one go. Each step on a GPU made of software takes its time. */
const cases = referenceCases().filter((_, index) => index !== 1);

/** Longer than a piece of a prompt on either backend, and the same again with another end. */
const long = 'The river is wide, and the other shore is far away. '.repeat(14);
const otherEnd = `${long.slice(0, 500)} A boat goes there.`;

/** Natural logarithms of all probabilities, from the reference's logits. */
function logprobsOf(logits: readonly number[]): readonly number[] {
  const most = Math.max(...logits);
  const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit - most), 0));
  return logits.map((logit) => logit - most - sum);
}

test('on WebGPU and on WASM it computes what the reference does, whatever way a prompt comes', async () => {
  const answers = [];
  for (const backend of ['wasm', 'webgpu'] as const) {
    const page = await openOn(backend);
    for (const [index, { prompt, promptTokens, greedyTokens, logits }] of cases.entries()) {
      const count = index === 0 ? 6 : 2;
      const report = await ask(page, prompt, { max_tokens: count, logprobs: true, top_logprobs: 20 });
      expect(report.error).toBeNull();
      // A token whose character never became whole is told of no more than the others.
      expect(report.events.at(-1)).toMatchObject({ promptTokens: promptTokens.length, completionTokens: count });
      const tokens = tokensOf(report);
      expect(tokens).toEqual(greedyTokens.slice(0, tokens.length));
      expect(tokens.length).toBeGreaterThan(0);
      const expected = logprobsOf(logits).toSorted((one, other) => other - one);
      for (const [at, logprob] of [...firstLogprobs(report).values()].entries())
        expect(Math.abs(logprob - (expected[at] ?? Number.NaN))).toBeLessThan(2e-3);
    }
    const [first, again, other] = [
      await ask(page, long, { max_tokens: 2 }),
      await ask(page, long, { max_tokens: 2 }),
      await ask(page, otherEnd, { max_tokens: 2 }),
    ];
    const [firstEnd, againEnd, otherFinish] = [first, again, other].map(({ events }) => events.at(-1));
    if (firstEnd?.type !== 'finish' || againEnd?.type !== 'finish' || otherFinish?.type !== 'finish')
      throw new Error('No end.');
    expect(firstEnd.promptTokens).toBeGreaterThan(128);
    expect(againEnd.cachedTokens).toBe(firstEnd.promptTokens - 1);
    // Cut in the middle of what is kept, on the GPU too.
    expect(otherFinish.cachedTokens).toBeGreaterThan(90);
    expect(otherFinish.cachedTokens).toBeLessThan(otherFinish.promptTokens - 1);
    expect(tokensOf(again)).toEqual(tokensOf(first));
    answers.push([tokensOf(first), tokensOf(other)]);
    if (backend === 'wasm') await page.close();
  }
  expect(answers[1]).toEqual(answers[0]);
});

test('a lost GPU is told at once and as such, and the model opened anew gives the rest of the answer; an abort is quick; nothing is left on the GPU', async () => {
  const page = await openOn('webgpu');
  const whole = await ask(page, 'Hello', { max_tokens: 10 });
  const begun = page.evaluate(
    (asked) => window.harness.generate(asked.model, asked),
    request('Hello', { max_tokens: 400 }),
  );
  const beside = page.evaluate(
    (asked) => window.harness.generate(asked.model, asked),
    request('One', { max_tokens: 400 }),
  );
  await page.waitForTimeout(500);
  await loseDevice(page);
  const [lost, lostBeside] = await Promise.all([begun, beside]);
  expect(lost.error).toMatchObject({ code: 'engine.device-lost' });
  expect(lostBeside.error).toMatchObject({ code: 'engine.device-lost' });
  // Closed: nothing is run on it any more, which would hang the worker.
  const refused = await ask(page, 'Hello');
  expect(refused.error).toMatchObject({ code: 'engine.failed' });

  expect(await load(page, mirror.url)).toMatchObject({ backend: 'webgpu' });
  const events = whole.events.slice(0, 4);
  const tokenIds = tokensOf({ events });
  const text = events.map((event) => (event.type === 'token' ? event.text : '')).join('');
  const rest = await page.evaluate(([asked, emitted]) => window.harness.generate(asked.model, asked, {}, { emitted }), [
    request('Hello', { max_tokens: 10 }),
    { text, tokenIds, tokens: tokenIds.length },
  ] as const);
  expect(rest.error).toBeNull();
  expect(text + rest.text).toBe(whole.text);

  const aborted = await page.evaluate(
    (asked) => window.harness.generate(asked.model, asked, { abortAfterTokens: 2 }),
    request('Hello', { max_tokens: 400 }),
  );
  expect(aborted.error).toMatchObject({ kind: 'abort' });
  // That its step has ended: the next answer waits for no more than that.
  const next = await ask(page, 'Hello', { max_tokens: 1 });
  expect(next.error).toBeNull();
  console.log(`onnx on webgpu: an answer after an abort came after ${Math.round(next.endedAfterMs)} ms`);

  await page.evaluate(() => window.harness.unload());
  expect(await countDevices(page)).toEqual({ taken: 2, alive: 0 });
});
