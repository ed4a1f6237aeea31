import { expect, test } from '@playwright/test';
import { checkFits } from '../fixtures/fit/check-fits.ts';
import { openWorkerPage } from '../fixtures/worker-page/open-page.ts';
import { servePage } from '../fixtures/worker-page/serve-page.ts';

const MiB = 1024 ** 2;

test('of packages around the limits of the adapter with f16 none is said to fit that does not', async ({ context }) => {
  await using server = await servePage({ isolated: true });
  const page = await openWorkerPage(context, server.url);
  const call = { learnMemory: { ceilingBytes: 512 * MiB } };
  const facts = await page.evaluate((how) => window.harness.probe(how), call);
  expect(facts.webgpu?.features).toContain('shader-f16');
  expect(facts.engines.llamacpp?.backend).toBe('webgpu');

  const { cases, falseFits, falseRefusals } = await checkFits(page, facts);
  console.log(`fit on ${facts.webgpu?.adapter}: ${cases} cases, false refusals: ${falseRefusals.join(', ') || 'none'}`);
  expect(cases).toBeGreaterThanOrEqual(30);
  expect(falseFits).toEqual([]);
  expect(falseRefusals.length).toBeLessThanOrEqual(cases / 10);
});
