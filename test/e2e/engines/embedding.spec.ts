import type { DevicePackage, EmbeddingRequest, LoadResult } from '@orilla/contract';
import { expect, type Page, test } from '@playwright/test';
import { embeddingGgufPackage, embeddingPackage, referenceTexts } from '../../fixtures/models/embedding-package.ts';
import { type MirrorServer, startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';
import type { CallOptions, CallReport } from '../../fixtures/worker-page/worker-page.ts';

// The real model, opened once: from its files on a mirror to vectors in the page.

let mirror: MirrorServer;
let server: PageServer;
let page: Page;
let opened: CallReport<LoadResult>;
/** For llama.cpp. */
let gguf: DevicePackage;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000); // the model may have to be fetched first
  const [made, madeGguf] = [await embeddingPackage(), await embeddingGgufPackage()];
  mirror = await startMirrorServer({ files: { ...made.served, ...madeGguf.served } });
  gguf = madeGguf.describe(mirror.url);
  server = await servePage({ isolated: false });
  page = await openWorkerPage(await browser.newContext(), server.url);
  // Chromium's GPU in software takes minutes for what its CPU does in a second, and no browser offers it to people.
  await page.workers()[0]?.evaluate(() => Object.defineProperty(navigator, 'gpu', { value: undefined }));
  opened = await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
});

test.afterAll(async () => {
  await page?.context().close();
  await mirror?.close();
  await server?.[Symbol.asyncDispose]();
});

const embed = (request: Omit<EmbeddingRequest, 'model'>, options: CallOptions = {}, model = 'minilm') =>
  page.evaluate(([request, options, model]) => window.harness.embed(model, { model, ...request }, options), [
    request,
    options,
    model,
  ] as const);

const cosine = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

test('a real model makes the vectors that Python’s onnxruntime makes, of length one, with every token counted', async () => {
  expect(opened.error).toBeNull();
  expect(opened.result).toMatchObject({ engine: 'onnx', backend: 'wasm', contextLength: 256 });
  const texts = referenceTexts();
  const { result, error } = await embed({ input: texts.map(({ text }) => text) });
  expect(error).toBeNull();
  const tokens = texts.reduce((sum, { tokens: { length } }) => sum + length, 0);
  expect(result?.usage).toEqual({ prompt_tokens: tokens, total_tokens: tokens });
  expect(result?.data).toHaveLength(texts.length);
  for (const [index, { vector }] of texts.entries()) {
    const made = result?.data[index]?.embedding ?? [];
    expect(made).toHaveLength(384);
    expect(Math.abs(Math.sqrt(cosine(made, made)) - 1)).toBeLessThan(1e-5);
    const difference = Math.max(...made.map((value, at) => Math.abs(value - (vector[at] ?? Number.NaN))));
    expect(difference).toBeLessThan(1e-4);
  }
  // Of two texts of the same meaning and one of another the former are nearer.
  const [ferry = [], boat = [], tax = []] = (result?.data ?? []).map(({ embedding }) => embedding);
  expect(cosine(ferry, boat)).toBeGreaterThan(cosine(ferry, tax) + 0.2);
});

test('one text among others, its token ids, and base64 all give the same vector', async () => {
  const [first] = referenceTexts();
  if (!first) throw new Error('There are reference texts.');
  const plain = (await embed({ input: first.text })).result?.data[0]?.embedding ?? [];
  const ofTokens = (await embed({ input: [...first.tokens] })).result?.data[0]?.embedding ?? [];
  expect(ofTokens).toEqual(plain);
  const coded = (await embed({ input: first.text, encoding_format: 'base64' })).result?.data[0]?.embedding;
  // OpenAI's type knows numbers only.
  const bytes = Buffer.from(String(coded), 'base64');
  expect(Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))).toEqual(plain);
});

test('a text that is too long is refused with figures, and a question to this model too', async () => {
  const { error } = await embed({ input: 'The river is wide. '.repeat(60) });
  expect(error).toMatchObject({ code: 'engine.context-exceeded', message: expect.stringMatching(/302 tokens.*256/) });
  const asked = await page.evaluate(() =>
    window.harness.generate('minilm', { model: 'minilm', messages: [{ role: 'user', content: 'Who?' }] }),
  );
  expect(asked.error).toMatchObject({ code: 'capability.unsupported' });
});

test('an abort ends a long request between two batches, and the next one is answered', async () => {
  const input = Array.from({ length: 400 }, (_, index) => `${referenceTexts()[5]?.text} ${index}`);
  const { error, endedAfterMs } = await embed({ input }, { abortAfterMs: 300 });
  expect(error).toMatchObject({ kind: 'abort' });
  expect(endedAfterMs).toBeLessThan(5000);
  expect((await embed({ input: 'The river' })).error).toBeNull();
});

test('llama.cpp makes the same vectors of the same weights, and refuses what it cannot do as the other engine does', async () => {
  const { result: loaded, error } = await page.evaluate((pkg) => window.harness.load(pkg), gguf);
  expect(error).toBeNull();
  expect(loaded).toMatchObject({ engine: 'llamacpp', backend: 'wasm', contextLength: 256 });
  const ask = (request: Omit<EmbeddingRequest, 'model'>, options: CallOptions = {}) =>
    embed(request, options, 'minilm-gguf');
  // Without the longest, which is most of the work.
  const texts = referenceTexts().slice(0, 5);
  const { result } = await ask({ input: texts.map(({ text }) => text) });
  const tokens = texts.reduce((sum, { tokens: { length } }) => sum + length, 0);
  expect(result?.usage).toEqual({ prompt_tokens: tokens, total_tokens: tokens });
  for (const [index, { vector }] of texts.entries()) {
    const made = result?.data[index]?.embedding ?? [];
    expect(Math.abs(Math.sqrt(cosine(made, made)) - 1)).toBeLessThan(1e-5);
    expect(cosine(made, vector)).toBeGreaterThan(0.9999);
  }
  const [first] = texts;
  const ofTokens = await ask({ input: [...(first?.tokens ?? [])] });
  expect(ofTokens.result?.data[0]?.embedding).toEqual(result?.data[0]?.embedding);
  const long = await ask({ input: ['The river', 'The river is wide. '.repeat(60)] });
  expect(long.error).toMatchObject({
    code: 'engine.context-exceeded',
    message: expect.stringMatching(/302 tokens.*256/),
  });
  const asked = await page.evaluate(() =>
    window.harness.generate('minilm-gguf', { model: 'minilm-gguf', messages: [{ role: 'user', content: 'Who?' }] }),
  );
  expect(asked.error).toMatchObject({ code: 'capability.unsupported' });
  const input = Array.from({ length: 400 }, (_, index) => `${texts[0]?.text} ${index}`);
  const [stopped, other] = await Promise.all([
    ask({ input }, { abortAfterMs: 100 }),
    ask({ input: first?.text ?? '' }),
  ]);
  expect(stopped.error).toMatchObject({ kind: 'abort' });
  expect(stopped.endedAfterMs).toBeLessThan(2000);
  expect(other.result?.data[0]?.embedding).toEqual(result?.data[0]?.embedding);
});
