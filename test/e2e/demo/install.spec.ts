import type { Page } from '@playwright/test';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { DemoPage } from './demo-page.ts';
import { expect, test } from './demo-test.ts';

interface Manifest {
  readonly name: string;
  readonly short_name: string;
  readonly display: string;
  readonly theme_color: string;
  readonly background_color: string;
  readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose: string }[];
}

test('the page can be installed: a manifest with names, colours, and icons that load', async ({
  demo,
  server,
  page,
  request,
}) => {
  await demo.open(server.url);
  const link = await page.locator('link[rel=manifest]').getAttribute('href');
  const response = await request.get(`${server.url}${link}`);
  expect(response.ok()).toBe(true);
  const manifest: Manifest = await response.json();
  expect(manifest).toMatchObject({ name: 'Orilla', short_name: 'Orilla', display: 'standalone', start_url: '/' });
  expect(manifest.theme_color).toMatch(/^#/);
  expect(manifest.background_color).toMatch(/^#/);
  expect(manifest.icons.map(({ purpose }) => purpose)).toContain('maskable');
  for (const { src, sizes } of manifest.icons) {
    const size = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    if (sizes !== 'any') expect(size, src).toBe(sizes);
  }
});

test('the browser itself finds nothing that keeps the page from being installed', async ({ demo, server, page }) => {
  await demo.open(server.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A browser of a test runs off the record, where nothing can be installed; it is the only thing it may complain of.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});

test('the service worker caches all that the page needs, the engine included', async ({ demo, server, page }) => {
  await demo.open(server.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const cached = await page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
    }
    return urls;
  });
  expect(cached).toContain('/index.html');
  for (const ending of ['.wasm', '.js', '.css', '.woff2', '.webmanifest']) {
    expect(
      cached.some((path) => path.endsWith(ending)),
      ending,
    ).toBe(true);
  }
});

test('without a connection one line says what the device can do meanwhile', async ({ demo, server, context, page }) => {
  await demo.open(server.url);
  await context.setOffline(true);
  await expect(page.getByText(demo.words.page.offlineWithoutModel)).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText(demo.words.page.offlineWithoutModel)).toHaveCount(0);
});

/** Names of the caches that have a path. */
function cachesWith(page: Page, path: string): Promise<string[]> {
  return page.evaluate(async (wanted) => {
    const names: string[] = [];
    for (const name of await caches.keys()) if (await (await caches.open(name)).match(wanted)) names.push(name);
    return names;
  }, path);
}

/** Publishes a newer version of the page, and lets a page find it. */
async function publish(proxy: CountingProxy, page: Page, edit: (worker: string) => string): Promise<void> {
  proxy.change('/sw.js', edit);
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
}

test('a newer version of the page waits until the reader asks for it', async ({ demo, server, page }) => {
  await using proxy = await startCountingProxy(server.url);
  await demo.open(proxy.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await publish(proxy, page, (worker) => `${worker}\n// a newer version`);
  const notice = page.getByText(demo.words.page.updateReady);
  await expect(notice).toBeVisible();
  await demo.question.fill('kept until then');
  await expect(demo.question).toHaveValue('kept until then');

  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: demo.words.page.reload }).click();
  await reloaded;
  await expect(demo.question).toHaveValue('');
  await expect(notice).toHaveCount(0);
});

test('a tab that another one left behind says so, and still has what it may need of its own version', async ({
  demo,
  server,
  page,
  context,
}) => {
  await using proxy = await startCountingProxy(server.url);
  await demo.open(proxy.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const [engine] = await page.evaluate(async () => {
    const names = await caches.keys();
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().flatMap(({ url }) => (/llamacpp-engine/.test(url) ? [new URL(url).pathname] : []));
  });
  if (engine === undefined) throw new Error('The engine is in the cache.');

  const otherPage = await context.newPage();
  await new DemoPage(otherPage).open(proxy.url);
  // The newer version has the engine under another name; the server has that one only.
  proxy.change(engine, null);
  await publish(proxy, otherPage, (worker) =>
    worker.replace(engine.slice(1), 'index.html?engine-of-the-newer-version'),
  );
  const reloaded = otherPage.waitForEvent('load');
  await otherPage.getByRole('button', { name: demo.words.page.reload }).click();
  await reloaded;

  await expect(page.getByText(demo.words.page.updateDone)).toBeVisible();
  await expect.poll(() => cachesWith(page, engine)).toEqual(['orilla-previous-version']);
  await expect.poll(() => page.evaluate(async (path) => (await fetch(path)).status, engine)).toBe(200);
  const here = page.waitForEvent('load');
  await page.getByRole('button', { name: demo.words.page.reload }).click();
  await here;
  await expect(page.getByText(demo.words.page.updateDone)).toHaveCount(0);
});

test('a part of the page that can’t be fetched any more is answered by an offer to reload', async ({
  demo,
  server,
  page,
}) => {
  await demo.open(server.url);
  await page.evaluate(() => {
    dispatchEvent(new Event('vite:preloadError'));
  });
  await expect(page.getByText(demo.words.page.updateDone)).toBeVisible();
});

test('a page that can’t start is cached too, so that a newer version can mend it', async ({ server, page }) => {
  await page.route('**/orilla/v1/catalog', (route) => route.fulfill({ body: '<!doctype html>' }));
  await page.goto(server.url);
  await expect(page.getByRole('alert')).toContainText("The list of models can't be used.");
  await expect(page).toHaveTitle('Orilla: private AI at the edge');
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).active !== null)).toBe(true);
});
