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
}
