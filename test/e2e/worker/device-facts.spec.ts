import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { checkFits } from '../../fixtures/fit/check-fits.ts';
import { tinyOnnxPackage } from '../../fixtures/models/tiny-onnx-package.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

const MiB = 1024 ** 2;
let server: PageServer;

test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const learn = { learnMemory: { ceilingBytes: 512 * MiB } };
const probe = (page: Page) => page.evaluate(() => window.harness.probe());

test('what the worker tells is what this browser has, and its key is the same for the next page', async ({
  context,
}) => {
  const page = await openWorkerPage(context, server.url);
  const facts = await probe(page);
  const limits = await page.evaluate(async () => (await navigator.gpu.requestAdapter())?.limits.maxBufferSize);
  expect(facts.webgpu?.limits.maxBufferSize).toBe(limits);
  expect(Object.keys(facts.webgpu?.limits ?? {}).length).toBeGreaterThan(20);
  expect(facts.webgpu?.adapter).not.toBe('');
  expect(facts.key).toMatch(/^Chromium \d+\.\d+\.\d+\.\d+.*; not isolated; /);
  expect(facts.engines).toMatchObject({ onnx: { backend: 'webgpu' }, llamacpp: { backend: 'wasm' } });
  expect((await probe(await openWorkerPage(context, server.url))).key).toBe(facts.key);
});

test('of packages around the adapter’s limits none is said to fit that does not', async ({ context }) => {
  const page = await openWorkerPage(context, server.url);
  const facts = await page.evaluate((call) => window.harness.probe(call), learn);
  expect(facts.memory?.webgpu).toEqual({ budgetBytes: 512 * MiB, basis: 'probe' });
  // The next page knows, and takes nothing.
  expect((await probe(await openWorkerPage(context, server.url))).memory).toEqual(facts.memory);

  const { cases, falseFits, falseRefusals } = await checkFits(page, facts);
  console.log(`fit on ${facts.webgpu?.adapter}: ${cases} cases, false refusals: ${falseRefusals.join(', ') || 'none'}`);
  expect(cases).toBeGreaterThanOrEqual(30);
  expect(falseFits).toEqual([]);
  expect(falseRefusals.length).toBeLessThanOrEqual(cases / 10);
});

test('a package is measured once for this browser, and its rates are in the facts of every page', async ({
  context,
}) => {
  const made = tinyOnnxPackage();
  await using mirror = await startMirrorServer({ files: made.served });
  const page = await openWithoutGpu(context);
  await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
  const measured = await page.evaluate(() => window.harness.measure('tiny-onnx'));
  expect(measured.error).toBeNull();
  console.log(`calibration on WASM: ${Math.round(measured.endedAfterMs)} ms`);
  expect(measured.result).toMatchObject({ engine: 'onnx', backend: 'wasm' });
  expect(measured.result?.decodeTokensPerSecond).toBeGreaterThan(0);

  const again = await page.evaluate(() => window.harness.measure('tiny-onnx'));
  expect(again.result).toEqual(measured.result);
  expect((await probe(await openWithoutGpu(context))).rates).toEqual({ 'tiny-onnx': measured.result });
  // With its GPU this is another device.
  expect((await probe(await openWorkerPage(context, server.url))).rates).toEqual({});
});

/** Where shaders are compiled in software they take most of a minute. */
async function openWithoutGpu(context: BrowserContext): Promise<Page> {
  const page = await openWorkerPage(context, server.url);
  await page.workers()[0]?.evaluate(() => Object.defineProperty(navigator, 'gpu', { value: undefined }));
  return page;
}
