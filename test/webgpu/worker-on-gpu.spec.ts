import { expect, test } from '@playwright/test';
import { startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage, starterPackage } from '../fixtures/worker-page/open-page.ts';
import { servePage } from '../fixtures/worker-page/serve-page.ts';
import { adapterFeatures } from './adapter-features.ts';

test('the worker puts every layer on the GPU, says webgpu, and answers', async ({ context }) => {
  const made = await starterPackage();
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await servePage({ isolated: true });
  const page = await openWorkerPage(context, server.url);
  expect(await adapterFeatures(page)).toContain('shader-f16');
  // The worker asks for an adapter of its own.
  const facts = await page.evaluate(() => window.harness.probe());
  expect(facts.webgpu?.features).toContain('shader-f16');

  const { result, error } = await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
  expect(error).toBeNull();
  expect(result?.backend).toBe('webgpu');
  // From llama.cpp's own log line, not from what was asked for.
  expect(result?.gpuLayers).toEqual({ offloaded: 31, total: 31 });

  const answer = await page.evaluate(() =>
    window.harness.generate('starter', {
      model: 'starter',
      // Without the first message this model is torn between two answers, and adapters round differently.
      messages: [
        { role: 'system', content: 'Answer in one short sentence.' },
        { role: 'user', content: 'What is the capital of France?' },
      ],
      max_tokens: 12,
      temperature: 0,
    }),
  );
  expect(answer.error).toBeNull();
  expect(answer.text).toContain('Paris');
});
