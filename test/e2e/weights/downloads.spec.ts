import type { DevicePackage } from '@orilla/contract';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { makePackage, sampleBytes } from '../../fixtures/worker-page/make-package.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

const chunkBytes = 64 * 1024;
const content = sampleBytes(40 * chunkBytes);

let server: PageServer;
test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(() => server?.[Symbol.asyncDispose]());

async function setUp(context: BrowserContext, { paceMs = 0 } = {}) {
  const made = await makePackage({ id: 'sample', content, chunkBytes });
  const mirror = await startMirrorServer({ files: made.served, paceMs });
  return { mirror, pkg: made.describe(mirror.url), page: await openWorkerPage(context, server.url) };
}

const list = (page: Page) => page.evaluate(() => window.harness.listPackages());
const stateOf = async (page: Page) => (await list(page))[0]?.state;
const download = (page: Page, pkg: DevicePackage) => page.evaluate((pkg) => window.harness.download(pkg), pkg);

test('a pause survives a reload; resumed, it goes on with what is missing, from the sources it began with', async ({
  context,
}) => {
  const { mirror, pkg, page } = await setUp(context, { paceMs: 20 });
  download(page, pkg).catch(() => undefined); // its page is reloaded
  await expect.poll(() => mirror.sentFileBytes, { intervals: [20] }).toBeGreaterThan(6 * chunkBytes);
  expect(await page.evaluate(() => window.harness.pauseDownload('sample'))).toBeNull();
  await page.reload();
  await page.waitForFunction(() => 'harness' in window);
  const [paused] = await list(page);
  expect(paused).toMatchObject({ id: 'sample', state: 'paused', progress: null });
  const sentBefore = mirror.sentFileBytes;
  expect(paused?.bytes).toBeGreaterThanOrEqual(sentBefore - 7 * chunkBytes);
  expect(await page.evaluate(() => window.harness.resumeDownload('sample'))).toBeNull();
  await expect.poll(() => stateOf(page)).toBe('complete');
  expect(mirror.sentFileBytes).toBeLessThanOrEqual(content.length + 6 * chunkBytes);
  await mirror.close();
});

test('a tab sees the download of another, and can pause and resume it', async ({ context }) => {
  const { mirror, pkg, page } = await setUp(context, { paceMs: 150 });
  const other = await openWorkerPage(context, server.url);
  await other.evaluate(() => window.harness.watchPackages());
  const downloading = download(page, pkg);
  const last = () => other.evaluate(() => window.harness.watched().at(-1)?.[0]);
  await expect.poll(async () => (await last())?.progress?.storedBytes ?? 0, { intervals: [50] }).toBeGreaterThan(0);
  await other.evaluate(() => window.harness.pauseDownload('sample'));
  await expect.poll(async () => (await last())?.state).toBe('paused');
  const sent = mirror.requests.length;
  expect(await stateOf(page)).toBe('paused');
  expect(mirror.requests.length).toBe(sent);
  await other.evaluate(() => window.harness.resumeDownload('sample'));
  const { error, progress } = await downloading;
  expect(error).toBeNull();
  expect(progress.map(({ phase }) => phase)).toContain('paused');
  await expect.poll(async () => (await last())?.state).toBe('complete');
  await other.evaluate(() => window.harness.stopWatching());
  await mirror.close();
});

test('with chunks in files: downloaded, checked, taken out as an archive, removed, and taken in again without a network', async ({
  context,
}) => {
  const { mirror, pkg, page } = await setUp(context);
  expect(await page.evaluate(() => window.harness.configureStore({ storage: 'opfs' }))).toBeNull();
  expect((await download(page, pkg)).result).toMatchObject({ id: 'sample', state: 'complete', bytes: content.length });
  await mirror.close();
  const verified = await page.evaluate(() => window.harness.verifyPackage('sample'));
  expect(verified.result).toEqual({ checkedBytes: content.length, damagedChunks: 0 });
  expect((await page.evaluate(() => window.harness.exportPackage('sample'))).result).toBeGreaterThan(content.length);
  expect(await page.evaluate(() => window.harness.readPackage('sample'))).toBe(content.length);
  const bytes = await page.evaluate(() => window.harness.keepExported());
  expect(bytes).toBeGreaterThan(content.length);
  expect(await page.evaluate(() => window.harness.removePackage('sample'))).toBeNull();
  expect(await list(page)).toEqual([]);
  const imported = await page.evaluate(() => window.harness.importExported());
  expect(imported).toMatchObject({ error: null, result: { id: 'sample', state: 'complete', bytes: content.length } });
});

test('a store that is set up with no key where one should be is not used at all', async ({ context }) => {
  const { mirror, pkg, page } = await setUp(context);
  expect(await page.evaluate(() => window.harness.configureStore({ trustedKeys: ['none'] }))).toMatchObject({
    code: 'catalog.bad-signature',
  });
  expect((await download(page, pkg)).error).toMatchObject({ code: 'catalog.bad-signature' });
  expect(mirror.requests).toEqual([]);
  await mirror.close();
});
