import { expect, type Page, test } from '@playwright/test';
import { callInWorker } from '../../fixtures/weights/call-in-worker.ts';
import { sourceUrl } from '../../fixtures/weights/source-url.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

const module = sourceUrl('packages/worker/src/weights/backend/backend-in-browser.double.ts');

let server: PageServer;
test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(() => server?.[Symbol.asyncDispose]());

async function openPage(page: Page): Promise<Page> {
  await page.goto(server.url);
  return page;
}

for (const kind of ['indexeddb', 'opfs'] as const) {
  test(`${kind} in a worker does what every backend must`, async ({ page }) => {
    await openPage(page);
    expect(await callInWorker(page, { module, name: 'checkBackend', args: [kind, 'behaviour'] })).toEqual([]);
  });

  test(`${kind} in a page, where there is no faster way to write files, does it too`, async ({ page }) => {
    await openPage(page);
    const check = async ([url, kind]: readonly [string, string]) => {
      const { checkBackend } = await import(url);
      return checkBackend(kind, 'behaviour');
    };
    expect(await page.evaluate(check, [module, kind] as const)).toEqual([]);
  });

  test(`${kind} says that it is full, keeps what it has, and leaves nothing of what did not fit`, async ({ page }) => {
    await openPage(page);
    const session = await page.context().newCDPSession(page);
    const { origin } = new URL(server.url);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 10 * 1024 ** 2 });
    const refused = await callInWorker<Readonly<Record<string, unknown>>>(page, {
      module,
      name: 'putUntilRefused',
      args: [kind, 20],
    });
    expect(refused).toMatchObject({ code: 'storage.quota-exceeded', areWhole: true });
    expect(refused.stored).toBeLessThan(11);
    expect(refused.files).toBe(kind === 'opfs' ? refused.stored : 0);
  });
}
