import { startCountingProxy } from './counting-proxy.ts';
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

test('a newer version of the page waits until the reader asks for it', async ({ demo, server, page }) => {
  await using proxy = await startCountingProxy(server.url);
  await demo.open(proxy.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  proxy.append('/sw.js', '\n// a newer version');
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
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
