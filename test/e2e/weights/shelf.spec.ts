import { expect, type Page, test } from '@playwright/test';
import { callInWorker } from '../../fixtures/weights/call-in-worker.ts';
import { sourceUrl } from '../../fixtures/weights/source-url.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

const module = sourceUrl('packages/worker/src/weights/shelf/shelf-in-browser.double.ts');

let server: PageServer;
test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(() => server?.[Symbol.asyncDispose]());

/** A page that opens no store by itself. */
async function blank(page: Page): Promise<Page> {
  await page.route(server.url, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Store</title>' }));
  await page.goto(server.url);
  return page;
}

const call = <Result>(page: Page, name: string, ...args: readonly unknown[]) =>
  callInWorker<Result>(page, { module, name, args });

const ways = [
  ['indexeddb', 'opfs'],
  ['opfs', 'indexeddb'],
] as const;
for (const [from, to] of ways)
  test(`a package goes out of ${from} as an archive and into ${to}, byte by byte`, async ({ page }) => {
    const { id, isWhole, bytes } = await call<{ id: string; isWhole: boolean; bytes: number }>(
      await blank(page),
      'roundTrip',
      from,
      to,
    );
    expect([id, isWhole]).toEqual(['sample', true]);
    expect(bytes).toBeGreaterThan(8 * 1024 ** 2);
  });

for (const kind of ['indexeddb', 'opfs'] as const)
  test(`${kind}: tabs that store, remove and collect at the same time take nothing from each other`, async ({
    context,
  }) => {
    const [one, other, third] = await Promise.all([1, 2, 3].map(async () => blank(await context.newPage())));
    if (!one || !other || !third) throw new Error('Three pages were opened.');
    const broken = await Promise.all([
      call<number>(one, 'shelveAndRemove', kind, { id: 'a', times: 8 }),
      call<number>(other, 'shelveAndRemove', kind, { id: 'b', times: 8 }),
      call<null>(third, 'collectOften', kind, 40),
    ]);
    expect(broken.slice(0, 2)).toEqual([0, 0]);
    expect(await call(one, 'leftOver', kind)).toEqual([]);
  });

test('a file that was written over is found by a check, removed, and its package not opened', async ({ page }) => {
  const [first, opened, second] = await call<readonly unknown[]>(await blank(page), 'verifyDamagedFile');
  const mib = 1024 ** 2;
  expect(first).toEqual({ checkedBytes: 4 * mib, damagedChunks: 1 });
  expect(opened).toBeNull();
  expect(second).toEqual({ checkedBytes: 3 * mib, damagedChunks: 0 });
});
