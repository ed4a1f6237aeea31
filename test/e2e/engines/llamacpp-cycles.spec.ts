import { chromium, expect, test } from '@playwright/test';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { residentMiBOf } from '../../fixtures/worker-page/noted-memory.ts';
import { openWorkerPage, starterPackage } from '../../fixtures/worker-page/open-page.ts';
import { servePage } from '../../fixtures/worker-page/serve-page.ts';
import { engineWorkers } from '../../fixtures/worker-page/watch-engine.ts';

const cycles = 20;
/** What is loaded once, and stays: code, and caches of the browser. */
const firstCycles = 3;
/** Each of the models has more than three times as much. */
const restlessMiB = 32;

test(`${cycles} times opened, asked and unloaded, llama.cpp leaves no worker and no thread behind, and memory as it was`, async ({
  launchOptions,
}) => {
  test.setTimeout(900_000);
  const made = await starterPackage();
  await using mirror = await startMirrorServer({ files: made.served });
  // Where it is isolated there are threads, if they are measured to be faster.
  await using server = await servePage({ isolated: true });
  await using browser = await chromium.launch(launchOptions);
  const page = await openWorkerPage(await browser.newContext(), server.url);
  const pkg = made.describe(mirror.url);

  const residentMiB: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const loaded = await page.evaluate((pkg) => window.harness.load(pkg), pkg);
    expect(loaded.error).toBeNull();
    expect(engineWorkers(page).length).toBeGreaterThan(0);
    const { error } = await page.evaluate(() =>
      window.harness.generate('starter', {
        model: 'starter',
        messages: [{ role: 'system', content: 'Hi' }],
        max_tokens: 2,
      }),
    );
    expect(error).toBeNull();
    await page.evaluate(() => window.harness.unload());
    await expect.poll(() => engineWorkers(page).length).toBe(0);
    residentMiB.push(await residentMiBOf(browser));
  }
  console.log(`llamacpp: resident in page and GPU processes after each cycle, MiB: ${residentMiB.join(' ')}`);
  const settled = Math.max(...residentMiB.slice(0, firstCycles));
  // The browser gives a worker's memory back a little after the worker is gone.
  await expect.poll(() => residentMiBOf(browser)).toBeLessThan(settled + restlessMiB);
});

test('the engine’s code is fetched while the weights are on their way', async ({ context }) => {
  const made = await starterPackage();
  await using mirror = await startMirrorServer({ files: made.served, paceMs: 20 });
  await using server = await servePage({ isolated: false });
  const page = await openWorkerPage(context, server.url);
  const asked: string[] = [];
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\.(wasm|gguf)$/.test(pathname)) asked.push(pathname.slice(-'.wasm'.length));
  });
  const { error } = await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
  expect(error).toBeNull();
  expect(asked.indexOf('.wasm')).toBeGreaterThanOrEqual(0);
  expect(asked.indexOf('.wasm')).toBeLessThan(asked.lastIndexOf('.gguf'));
});
