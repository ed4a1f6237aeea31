import { expect, test } from '@playwright/test';
import { ask, bare, bareHalf, openTinyLlama, tokensOf } from '../e2e/engines/onnx-pages.ts';
import { referenceCases } from '../fixtures/models/tiny-onnx-package.ts';
import { startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import { servePage } from '../fixtures/worker-page/serve-page.ts';
import { adapterFeatures } from './adapter-features.ts';

test('the onnx engine computes on the GPU what the reference does, in 16-bit floats too, and says webgpu', async ({
  context,
}) => {
  await using mirror = await startMirrorServer({ files: { ...bare.served, ...bareHalf.served } });
  await using server = await servePage({ isolated: true });
  const page = await openTinyLlama(context, { url: server.url, mirror: mirror.url, backend: 'webgpu' });
  expect(await adapterFeatures(page)).toContain('shader-f16');
  // A prompt of one piece, longer than what attention computes in one go.
  for (const { prompt, greedyTokens } of referenceCases()) {
    const report = await ask(page, prompt, { max_tokens: 8 });
    expect(report.error).toBeNull();
    const tokens = tokensOf(report);
    // Those behind the last whole character are not told.
    expect(tokens.length).toBeGreaterThan(2);
    expect(tokens).toEqual(greedyTokens.slice(0, tokens.length));
  }

  const { result, error } = await page.evaluate((pkg) => window.harness.load(pkg), bareHalf.describe(mirror.url));
  expect(error).toBeNull();
  expect(result).toMatchObject({ engine: 'onnx', backend: 'webgpu' });
  for (const { prompt, greedyTokens } of referenceCases('tiny-llama-onnx-f16')) {
    const report = await ask(page, prompt, { model: bareHalf.manifest.id, max_tokens: 8 });
    expect(report.error).toBeNull();
    const tokens = tokensOf(report);
    // Those behind the last whole character are not told.
    expect(tokens.length).toBeGreaterThan(2);
    expect(tokens).toEqual(greedyTokens.slice(0, tokens.length));
  }
});
