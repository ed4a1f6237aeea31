import { expect, test } from '@playwright/test';
import { tinyEncoderPackage, tinyReferenceTexts } from '../fixtures/models/embedding-package.ts';
import { startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../fixtures/worker-page/open-page.ts';
import { servePage } from '../fixtures/worker-page/serve-page.ts';

test('the onnx engine makes embeddings on the GPU as the reference does, and says webgpu', async ({ context }) => {
  const made = tinyEncoderPackage();
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await servePage({ isolated: false });
  const page = await openWorkerPage(context, server.url);
  const { result, error } = await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
  expect(error).toBeNull();
  expect(result).toMatchObject({ engine: 'onnx', backend: 'webgpu', contextLength: 16 });
  const texts = tinyReferenceTexts();
  const request = { model: 'tiny-encoder', input: texts.map(({ text }) => text) };
  const report = await page.evaluate((request) => window.harness.embed('tiny-encoder', request), request);
  expect(report.error).toBeNull();
  for (const [index, { vector }] of texts.entries())
    for (const [at, value] of vector.entries()) expect(report.result?.data[index]?.embedding[at]).toBeCloseTo(value, 4);
});
