import { type BrowserContext, expect, type Page } from '@playwright/test';
import { openWorkerPage } from '../fixtures/worker-page/open-page.ts';
import type { FaultPoint } from './fault-points.ts';
import { chunkBytes, type FaultWorld, makeFaultWorld } from './fault-world.ts';
import { storedChunks } from './stored-chunks.ts';

/** Ranges that one worker asks for at the same time, at most. */
const maxInFlight = 6;

export interface FaultRunOptions {
  readonly context: BrowserContext;
  /** Of the page with the worker. */
  readonly url: string;
}

/**
 * Downloads until the point, lets the fault happen, and downloads the rest, in the same tab or in a new one. Expects that nothing which
 * was stored is fetched again, that nothing corrupt is stored, and that nothing stays when all is removed.
 */
export async function runFaultPoint(point: FaultPoint, { context, url }: FaultRunOptions): Promise<void> {
  await using world = await makeFaultWorld(point);
  const packages = world.catalog.slice(0, point.downloads);
  const download = (page: Page) =>
    page.evaluate((all) => Promise.all(all.map((pkg) => window.harness.download(pkg))), packages);
  const release = Promise.withResolvers<void>();
  const reached = holdAt(point, { world, until: release.promise });

  const open = async () => {
    const opened = await openWorkerPage(context, url);
    expect(await opened.evaluate((storage) => window.harness.configureStore({ storage }), point.storage)).toBeNull();
    return opened;
  };
  const page = await open();
  const first = download(page);
  first.catch(() => undefined); // a page that is gone does not answer
  await reached;

  const mend = await strike(point, { context, page, world });
  release.resolve();
  const isToStay = point.kind !== 'tab' && point.kind !== 'worker' && point.chunk % 2 === 0;
  if (!isToStay) await page.close();
  const survivor = isToStay ? page : await open();
  const ownReports = isToStay && point.kind === 'quota' ? await first : null;
  for (const { error } of ownReports ?? [])
    expect([undefined, 'storage.quota-exceeded']).toContain(error?.kind === 'orilla' ? error.code : undefined);

  const before = new Set((await storedChunks(survivor)).map(({ sha256 }) => sha256));
  const requestsBefore = world.mirror.requests.length;
  const lost = new Set(requestedHashes(world, 0)).difference(before);
  expect(lost.size, 'chunks that were asked for and are not stored').toBeLessThanOrEqual(maxInFlight);
  await mend();

  // A connection that broke is taken up again by itself; everything else by whoever wants the package.
  const reports = isToStay && point.kind !== 'quota' ? await first : await download(survivor);
  expect(reports.map(({ error }) => error)).toEqual(packages.map(() => null));
  const again = requestedHashes(world, requestsBefore);
  expect(
    again.filter((hash) => before.has(hash)),
    'stored chunks that are fetched again',
  ).toEqual([]);
  expect(new Set(again).size, 'each missing chunk is asked for once').toBe(again.length);

  const after = await storedChunks(survivor);
  expect(after.filter(({ isIntact }) => !isIntact)).toEqual([]);
  expect(new Set(after.map(({ sha256 }) => sha256))).toEqual(world.hashes(point.downloads));
  for (const { id } of packages) await survivor.evaluate((id) => window.harness.removePackage(id), id);
  expect(await storedChunks(survivor), 'nothing stays').toEqual([]);
  await survivor.close();
}

/** Lets the mirror wait at the point, the first time that it is asked for this chunk. */
function holdAt(
  point: FaultPoint,
  { world, until }: { readonly world: FaultWorld; readonly until: Promise<void> },
): Promise<void> {
  const reached = Promise.withResolvers<void>();
  const wanted = world.hashAt(point);
  const { afterBytes } = point;
  let isHeld = false;
  world.mirror.misbehave = (request) => {
    if (isHeld || world.hashOf(request) !== wanted) return null;
    isHeld = true;
    return { kind: 'hold', afterBytes, until, onReached: reached.resolve };
  };
  return reached.promise;
}

interface Scene {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly world: FaultWorld;
}

/** Lets it happen, and gives what undoes it. */
async function strike({ kind }: FaultPoint, { context, page, world }: Scene): Promise<() => Promise<void>> {
  const { mirror } = world;
  const nothing = async () => undefined;
  switch (kind) {
    case 'tab': {
      const crashed = page.waitForEvent('crash');
      const session = await context.newCDPSession(page);
      session.send('Page.crash').catch(() => undefined); // whom it crashes cannot answer
      await crashed;
      return nothing;
    }
    case 'worker':
      await page.evaluate(() => window.harness.terminate());
      return nothing;
    case 'network':
      mirror.isCut = true;
      return async () => {
        mirror.isCut = false;
      };
    case 'server':
      await mirror.stop();
      return () => mirror.start();
    case 'quota': {
      // A tab of its own, since the quota stays as it is only as long as this one watches.
      const watcher = await context.newPage();
      const session = await context.newCDPSession(watcher);
      const { origin } = new URL(page.url());
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: chunkBytes });
      return async () => {
        await session.send('Storage.overrideQuotaForOrigin', { origin });
        await watcher.close();
      };
    }
  }
}

/** Hashes that the mirror was asked for since its request of this number. */
function requestedHashes({ mirror, hashOf }: FaultWorld, since: number): readonly string[] {
  return mirror.requests.slice(since).flatMap((request) => hashOf(request) ?? []);
}
