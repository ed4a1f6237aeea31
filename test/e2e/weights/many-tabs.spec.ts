import { expect, test } from '@playwright/test';
import { storedChunks } from '../../faults/stored-chunks.ts';
import { makePackage, sampleBytes } from '../../fixtures/worker-page/make-package.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { servePage } from '../../fixtures/worker-page/serve-page.ts';

const chunkBytes = 64 * 1024;
const content = sampleBytes(32 * chunkBytes);

test('twenty tabs ask for one package: each byte crosses the network once', async ({ context }) => {
  await using server = await servePage({ isolated: false });
  const made = await makePackage({ id: 'sample', content, chunkBytes });
  await using mirror = await startMirrorServer({ files: made.served, paceMs: 5 });
  const pages = [];
  for (let tab = 0; tab < 20; tab += 1) pages.push(await openWorkerPage(context, server.url));
  const pkg = made.describe(mirror.url);
  const reports = await Promise.all(pages.map((page) => page.evaluate((pkg) => window.harness.download(pkg), pkg)));
  expect(reports.map(({ error }) => error)).toEqual(pages.map(() => null));
  expect(mirror.sentFileBytes).toBe(content.length);
  const ranges = mirror.requests.filter(({ path }) => path.includes('/files/')).map(({ range }) => range);
  expect(new Set(ranges).size).toBe(ranges.length);
  for (const { progress } of reports) expect(progress.at(-1)?.storedBytes).toBe(content.length);
});

test('the tab that downloads is closed: another goes on with what is missing', async ({ context }) => {
  await using server = await servePage({ isolated: false });
  const made = await makePackage({ id: 'sample', content, chunkBytes });
  await using mirror = await startMirrorServer({ files: made.served, paceMs: 20 });
  const pkg = made.describe(mirror.url);
  const first = await openWorkerPage(context, server.url);
  const second = await openWorkerPage(context, server.url);
  first.evaluate((pkg) => window.harness.download(pkg), pkg).catch(() => undefined); // its page goes
  await expect.poll(() => mirror.sentFileBytes, { intervals: [20] }).toBeGreaterThan(8 * chunkBytes);
  const waiting = second.evaluate((pkg) => window.harness.download(pkg), pkg);
  await expect.poll(() => mirror.sentFileBytes, { intervals: [20] }).toBeGreaterThan(16 * chunkBytes);
  await first.close();
  const { error, progress } = await waiting;
  expect(error).toBeNull();
  // While the other tab had it, this one was told how far that is.
  const seen = progress.filter(({ fetchedBytes }) => fetchedBytes === 0).map(({ storedBytes }) => storedBytes);
  expect(Math.max(...seen)).toBeGreaterThan(8 * chunkBytes);
  expect((await storedChunks(second)).filter(({ isIntact }) => isIntact)).toHaveLength(32);
  expect(mirror.sentFileBytes).toBeLessThanOrEqual(content.length + 6 * chunkBytes);
});
