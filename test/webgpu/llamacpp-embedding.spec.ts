import { expect, test } from '@playwright/test';
import { embeddingGgufPackage, referenceTexts } from '../fixtures/models/embedding-package.ts';
import { startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../fixtures/worker-page/open-page.ts';
import { servePage } from '../fixtures/worker-page/serve-page.ts';
import { adapterFeatures } from './adapter-features.ts';

const cosine = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

test('llama.cpp makes embeddings with every layer on the GPU, as the reference does, and says webgpu', async ({
  context,
}) => {
  const made = await embeddingGgufPackage();
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await servePage({ isolated: true });
  const page = await openWorkerPage(context, server.url);
  expect(await adapterFeatures(page)).toContain('shader-f16');
  const { result, error } = await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
  expect(error).toBeNull();
  expect(result).toMatchObject({ engine: 'llamacpp', backend: 'webgpu' });
  expect(result?.gpuLayers?.offloaded).toBe(result?.gpuLayers?.total);

  const texts = referenceTexts().slice(0, 3);
  const request = { model: made.manifest.id, input: texts.map(({ text }) => text) };
  const report = await page.evaluate((asked) => window.harness.embed(asked.model, asked), request);
  expect(report.error).toBeNull();
  // Its matrices are multiplied in 16-bit floats.
  for (const [index, { vector }] of texts.entries())
    expect(cosine(report.result?.data[index]?.embedding ?? [], vector)).toBeGreaterThan(0.999);
});
