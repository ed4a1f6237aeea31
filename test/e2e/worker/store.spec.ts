import type { DevicePackage } from '@orilla/contract';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { makePackage, sampleBytes } from '../../fixtures/worker-page/make-package.ts';
import { type Fault, type MirrorServer, startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';
import type { CallOptions } from '../../fixtures/worker-page/worker-page.ts';

// The bytes of these packages mean nothing. An engine refuses to open them, and that it was asked to tells that the store had all of them.

const KiB = 1024;
const chunkBytes = 256 * KiB;
const totalBytes = 16 * chunkBytes;
const content = sampleBytes(totalBytes);

let server: PageServer;
test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(() => server?.[Symbol.asyncDispose]());

/** A browser with an empty store, a mirror that has the package, and a page. */
async function setUp(context: BrowserContext, options: { paceMs?: number } = {}) {
  const made = await makePackage({ id: 'sample', content, chunkBytes });
  const mirror = await startMirrorServer({ files: made.served, ...options });
  const page = await openWorkerPage(context, server.url);
  return { made, mirror, page, pkg: made.describe(mirror.url) };
}

const load = (page: Page, pkg: DevicePackage, options: CallOptions = {}) =>
  page.evaluate(([pkg, options]) => window.harness.load(pkg, options), [pkg, options] as const);

/** Loads, and shows that everything is stored by the engine's being asked. */
async function expectStored(page: Page, pkg: DevicePackage) {
  const report = await load(page, pkg);
  expect(report.error).toMatchObject({ code: 'engine.load-failed' });
  expect(await page.evaluate(() => window.harness.listPackages())).toMatchObject([
    { id: pkg.id, bytes: totalBytes, isComplete: true },
  ]);
  return report;
}

const isFile = ({ path }: { readonly path: string }) => !path.endsWith('manifest.json');
const chunkRequests = (mirror: MirrorServer, index: number) =>
  mirror.requests.filter(({ range }) => range?.startsWith(`bytes=${index * chunkBytes}-`)).length;

test('a byte that is flipped once: refused, fetched again, and the rest is not', async ({ context }) => {
  const { mirror, page, pkg } = await setUp(context);
  mirror.misbehave = ({ range }) =>
    range?.startsWith(`bytes=${5 * chunkBytes}-`) && chunkRequests(mirror, 5) === 1
      ? { kind: 'flip', at: 1_000 }
      : null;
  await expectStored(page, pkg);
  expect(chunkRequests(mirror, 5)).toBe(2);
  expect(mirror.sentFileBytes).toBe(totalBytes + chunkBytes);
  await mirror.close();
});

test('a byte that is always flipped: a clear error with source and chunk, nothing wrong stored, and mended by a good server', async ({
  context,
}) => {
  const { mirror, page, pkg } = await setUp(context);
  mirror.misbehave = ({ range }) => (range?.startsWith(`bytes=${5 * chunkBytes}-`) ? { kind: 'flip', at: 9 } : null);
  const { error } = await load(page, pkg);
  expect(error).toMatchObject({ kind: 'orilla', code: 'storage.corrupt-chunk' });
  expect(error?.message).toContain(`${new URL(mirror.url).origin} sent chunk 5 of model.gguf`);
  expect(chunkRequests(mirror, 5)).toBe(2);
  const [stored] = await page.evaluate(() => window.harness.listPackages());
  expect(stored).toMatchObject({ id: 'sample', isComplete: false });
  mirror.misbehave = () => null;
  const before = mirror.sentFileBytes;
  await expectStored(page, pkg);
  expect(mirror.sentFileBytes - before).toBe(totalBytes - (stored?.bytes ?? 0));
  await mirror.close();
});

test('a source that is damaged is passed over where there is another', async ({ context }) => {
  const { made, mirror, page } = await setUp(context);
  await using good = await startMirrorServer({ files: made.served });
  mirror.misbehave = (request) => (isFile(request) ? { kind: 'flip', at: 0 } : null);
  await expectStored(page, made.describe(mirror.url, good.url));
  expect(good.sentFileBytes).toBe(totalBytes);
  await mirror.close();
});

test('a connection that breaks in mid-chunk is taken up again by itself', async ({ context }) => {
  const { mirror, page, pkg } = await setUp(context);
  mirror.misbehave = ({ range }) =>
    range?.startsWith(`bytes=${3 * chunkBytes}-`) && chunkRequests(mirror, 3) < 3
      ? { kind: 'drop', afterBytes: 100_000 }
      : null;
  await expectStored(page, pkg);
  expect(chunkRequests(mirror, 3)).toBe(3);
  await mirror.close();
});

const refusals: readonly (readonly [string, Fault, string, RegExp])[] = [
  ['answers with its login page', { kind: 'html', status: 200 }, 'storage.download-failed', /answered with a web page/],
  ['does not have the file', { kind: 'status', status: 404 }, 'storage.download-failed', /answered with status 404/],
  ['sends another part', { kind: 'other-range' }, 'storage.download-failed', /another part of the file/],
];
for (const [what, fault, code, reason] of refusals)
  test(`a mirror that ${what}: one clear error, and hardly a byte too many`, async ({ context }) => {
    const { mirror, page, pkg } = await setUp(context);
    mirror.misbehave = (request) => (isFile(request) ? fault : null);
    const { error } = await load(page, pkg);
    expect(error).toMatchObject({ kind: 'orilla', code });
    expect(error?.message).toMatch(reason);
    expect(error?.message).toContain(new URL(mirror.url).origin);
    expect(mirror.requests.filter(isFile).length).toBeLessThanOrEqual(3);
    await mirror.close();
  });

test('a mirror that ignores Range is asked once for the whole file, and after a cut again only for that', async ({
  context,
}) => {
  const { mirror, page, pkg } = await setUp(context);
  const wholes = () => mirror.requests.filter((request) => isFile(request) && request.range === undefined).length;
  mirror.misbehave = (request) =>
    isFile(request) && request.range === undefined && wholes() === 1
      ? { kind: 'drop', afterBytes: 10 * chunkBytes }
      : isFile(request)
        ? { kind: 'ignore-range' }
        : null;
  await expectStored(page, pkg);
  expect(mirror.requests.filter(isFile).length).toBeLessThanOrEqual(4);
  await mirror.close();
});

const noManifests: readonly (readonly [string, Fault, string])[] = [
  ['has no manifest', { kind: 'status', status: 404 }, 'catalog.unreachable'],
  ['has a web page for a manifest', { kind: 'html', status: 200 }, 'catalog.bad-manifest'],
];
for (const [what, fault, code] of noManifests)
  test(`a mirror that ${what}: ${code}`, async ({ context }) => {
    const { mirror, page, pkg } = await setUp(context);
    mirror.misbehave = () => fault;
    expect((await load(page, pkg)).error).toMatchObject({ kind: 'orilla', code });
    await mirror.close();
  });

test('a tab that is killed in mid-download loses at most the six chunks that were on their way', async ({
  context,
}) => {
  const { mirror, page, pkg } = await setUp(context, { paceMs: 15 });
  const crashed = page.waitForEvent('crash');
  page.evaluate((pkg) => window.harness.load(pkg), pkg).catch(() => undefined); // it never ends
  await expect.poll(() => mirror.sentFileBytes, { intervals: [20] }).toBeGreaterThan(6 * chunkBytes);
  const session = await context.newCDPSession(page);
  session.send('Page.crash').catch(() => undefined); // whom it crashes cannot answer
  await crashed;
  const sentBefore = mirror.sentFileBytes;
  await page.close();

  const again = await openWorkerPage(context, server.url);
  const [stored] = await again.evaluate(() => window.harness.listPackages());
  expect(stored?.isComplete).toBe(false);
  expect(stored?.bytes).toBeGreaterThanOrEqual(sentBefore - 7 * chunkBytes);
  await expectStored(again, pkg);
  expect(mirror.sentFileBytes).toBeLessThanOrEqual(totalBytes + 6 * chunkBytes);
  await mirror.close();
});

test('an abort in mid-download ends it at once and keeps what is stored', async ({ context }) => {
  const { mirror, page, pkg } = await setUp(context, { paceMs: 15 });
  const { error, endedAfterMs } = await load(page, pkg, { abortAfterMs: 400 });
  expect(error).toMatchObject({ kind: 'abort' });
  expect(endedAfterMs).toBeLessThan(500);
  const sentBefore = mirror.sentFileBytes;
  await expectStored(page, pkg);
  expect(sentBefore).toBeLessThan(totalBytes);
  expect(mirror.sentFileBytes).toBeLessThanOrEqual(totalBytes + 6 * chunkBytes);
  await mirror.close();
});

test('two who load the same share the download; one that leaves does not end it', async ({ context }) => {
  const { mirror, page, pkg } = await setUp(context, { paceMs: 5 });
  const [left, stayed] = await Promise.all([load(page, pkg, { abortAfterMs: 200 }), load(page, pkg)]);
  expect(left.error).toMatchObject({ kind: 'abort' });
  expect(stayed.error).toMatchObject({ code: 'engine.load-failed' });
  expect(mirror.sentFileBytes).toBe(totalBytes);
  await mirror.close();
});

test('where the browser runs out of room it says so, and goes on when there is some again', async ({ context }) => {
  const { mirror, page, pkg } = await setUp(context);
  const session = await context.newCDPSession(page);
  const { origin } = new URL(server.url);
  // Chromium's estimate doesn't follow this, so that the store itself is what finds out.
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: totalBytes / 2 });
  const { error } = await load(page, pkg);
  expect(error).toMatchObject({ kind: 'orilla', code: 'storage.quota-exceeded', advice: expect.any(String) });
  expect((await page.evaluate(() => window.harness.listPackages())).some(({ isComplete }) => isComplete)).toBe(false);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await expectStored(page, pkg);
  await mirror.close();
});

test('removing a package frees its room; the next load downloads it again', async ({ context }) => {
  const { mirror, page, pkg } = await setUp(context);
  await expectStored(page, pkg);
  expect(await page.evaluate(() => window.harness.removePackage('sample'))).toBeNull();
  expect(await page.evaluate(() => window.harness.listPackages())).toEqual([]);
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort());
  // What is known of the device itself is of no package.
  const ofPackages = names.filter((name) => name !== 'orilla-device');
  expect(ofPackages).toEqual(['orilla-chunks', 'orilla-drafts', 'orilla-marks', 'orilla-packages', 'orilla-schema']);
  await expectStored(page, pkg);
  expect(mirror.sentFileBytes).toBe(2 * totalBytes);
  await mirror.close();
});
