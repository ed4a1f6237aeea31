import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type Page, chromium as playwright } from '@playwright/test';
import { callInWorker } from '../../../test/fixtures/weights/call-in-worker.ts';
import { sourceUrl } from '../../../test/fixtures/weights/source-url.ts';
import { servePage } from '../../../test/fixtures/worker-page/serve-page.ts';
import { type Chromium, ensureChromium } from '../../../tools/chromium/find-chromium.ts';
import { dropPageCache } from './drop-page-cache.ts';
import type { MeasuredStore, OpenTimes } from './in-worker.ts';

export const backendKinds = ['indexeddb', 'opfs'] as const;
export type BackendKind = (typeof backendKinds)[number];

/** One backend's figures, in milliseconds, in the order of measuring. */
export interface BackendTimes {
  readonly writeMs: number;
  /** In a new browser process, with the system's page cache of the profile dropped. */
  readonly cold: readonly OpenTimes[];
  /** In a new page of the same browser, after that. */
  readonly warm: readonly OpenTimes[];
}

export interface MeasureBackendsOptions {
  readonly bytes?: number;
  /** How often each is opened cold and warm, in turn. */
  readonly pairs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

const chunkBytes = 8 * 1024 ** 2;

/** Writes a package of random bytes into both backends, in a persistent profile of its own, and opens it again and again. */
export async function measureBackends({
  bytes = 1024 ** 3,
  pairs = 5,
  signal,
  log,
}: MeasureBackendsOptions = {}): Promise<Readonly<Record<BackendKind, BackendTimes>>> {
  const chromium = await ensureChromium({ ...(signal && { signal }), ...(log && { log }) });
  await using server = await servePage({ isolated: false });
  await using open = new AsyncDisposableStack();
  const profile = await mkdtemp(join(tmpdir(), 'orilla-bench-backends-'));
  open.defer(() => rm(profile, { recursive: true, force: true, maxRetries: 3 }));
  const inBrowser = <T>(work: (context: BrowserContext) => Promise<T>) =>
    withBrowser(work, { chromium, profile, signal });
  const call = async <T>(context: BrowserContext, name: string, kind: BackendKind): Promise<T> => {
    const store: MeasuredStore = { module: openModule, kind, bytes, chunkBytes };
    const page = await blankPage(context, server.url);
    const result = await callInWorker<T>(page, { module: workerModule, name, args: [store] });
    await page.close();
    return result;
  };

  const measured = { indexeddb: emptyTimes(), opfs: emptyTimes() };
  await inBrowser(async (context) => {
    for (const kind of backendKinds) measured[kind].writeMs = await call<number>(context, 'fill', kind);
  });
  for (let pair = 1; pair <= pairs; pair += 1)
    for (const kind of pair % 2 === 1 ? backendKinds : backendKinds.toReversed()) {
      await dropPageCache(profile);
      await inBrowser(async (context) => {
        measured[kind].cold.push(await call<OpenTimes>(context, 'openAndRead', kind));
        measured[kind].warm.push(await call<OpenTimes>(context, 'openAndRead', kind));
      });
      log?.(`${pair}/${pairs} ${kind}: ${JSON.stringify([measured[kind].cold.at(-1), measured[kind].warm.at(-1)])}`);
    }
  return measured;
}

const workerModule = sourceUrl('bench/weights/backends/in-worker.ts');
const openModule = sourceUrl('packages/worker/src/weights/backend/open-backend.ts');

function emptyTimes(): { writeMs: number; cold: OpenTimes[]; warm: OpenTimes[] } {
  return { writeMs: 0, cold: [], warm: [] };
}

async function withBrowser<T>(
  work: (context: BrowserContext) => Promise<T>,
  {
    chromium,
    profile,
    signal,
  }: { readonly chromium: Chromium; readonly profile: string; readonly signal: AbortSignal | undefined },
): Promise<T> {
  signal?.throwIfAborted();
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: chromium.executablePath,
    args: chromium.args,
    // Scopes end the browser, after an interrupt too.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  const close = () => context.close();
  signal?.addEventListener('abort', close, { once: true });
  try {
    return await work(context);
  } finally {
    signal?.removeEventListener('abort', close);
    await context.close();
  }
}

/** A page of the server's origin that does nothing by itself. */
async function blankPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Store</title>' }));
  await page.goto(url);
  return page;
}
