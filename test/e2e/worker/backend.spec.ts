import { expect, test } from '@playwright/test';
import { sourceUrl } from '../../fixtures/weights/source-url.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage, starterPackage } from '../../fixtures/worker-page/open-page.ts';
import { servePage } from '../../fixtures/worker-page/serve-page.ts';

// The machine's own adapter, which rarely has 16-bit floats where there is no GPU: WebGPU itself is tested in test/webgpu.
// On one that has them the first shaders take long to compile.
test.setTimeout(600_000);

test('without shader-f16 it computes on WASM, with threads as isolation allows and measurement advises, and never calls that WebGPU', async ({
  browser,
}, testInfo) => {
  const made = await starterPackage();
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await servePage({ isolated: true });
  const context = await browser.newContext();
  const page = await openWorkerPage(context, server.url);
  const facts = await page.evaluate(() => window.harness.probe());
  const hasF16 = facts.webgpu?.features.includes('shader-f16') ?? false;
  testInfo.annotations.push({ type: 'adapter', description: hasF16 ? 'shader-f16' : 'no shader-f16: ran on WASM' });

  const { result, error } = await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
  console.log(
    `adapter: ${hasF16 ? 'with' : 'without'} shader-f16; ran on ${result?.backend}, threads: ${result?.threads}, GPU layers: ${result?.gpuLayers?.offloaded ?? 0}`,
  );
  expect(error).toBeNull();
  expect(facts.crossOriginIsolated).toBe(true);
  // Beside other work one thread is faster than two that wait for each other: which it is, was measured.
  expect(result?.threads).toBeGreaterThanOrEqual(1);
  expect(result?.threads).toBeLessThanOrEqual(Math.min(facts.processors, 4));
  expect(result?.backend).toBe(hasF16 ? 'webgpu' : 'wasm');
  // All layers or nothing: the figures are llama.cpp's own.
  if (hasF16) expect(result?.gpuLayers).toEqual({ offloaded: 31, total: 31 });
  else expect(result?.gpuLayers?.offloaded ?? 0).toBe(0);

  const { text } = await page.evaluate(() =>
    window.harness.generate('starter', {
      model: 'starter',
      // Without the first message this model is torn between two answers.
      messages: [
        { role: 'system', content: 'Answer in one short sentence.' },
        { role: 'user', content: 'What is the capital of France?' },
      ],
      max_tokens: 8,
      temperature: 0,
    }),
  );
  expect(text).toContain('Paris');
  await context.close();
});

test('threads are timed by threads of this browser: one, and as many as there are processors', async ({ page }) => {
  await using server = await servePage({ isolated: true });
  await page.goto(server.url);
  const times = await page.evaluate(async (url) => {
    const { measureThreads }: typeof import('../../../packages/worker/src/engines/threads/measure-threads.ts') =
      await import(url);
    return measureThreads([1, 2]);
  }, sourceUrl('packages/worker/src/engines/threads/measure-threads.ts'));
  console.log(`The same work took ${times.map(({ threads, ms }) => `${ms.toFixed(1)} ms by ${threads}`).join(', ')}.`);
  expect(times.map(({ threads }) => threads)).toEqual([1, 2]);
  for (const { ms } of times) expect(ms).toBeGreaterThan(0);
});
