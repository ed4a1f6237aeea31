import { expect, type Page, test } from '@playwright/test';
import { callInWorker } from '../../fixtures/weights/call-in-worker.ts';
import { readFixture, restoreStore, type StoredFixture } from '../../fixtures/weights/restore-store.ts';
import { sourceUrl } from '../../fixtures/weights/source-url.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

const module = sourceUrl('packages/worker/src/weights/backend/backend-in-browser.double.ts');

let server: PageServer;
test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(() => server?.[Symbol.asyncDispose]());

/** A page of an origin whose store is as told. */
async function pageWith(page: Page, fixture: Pick<StoredFixture, 'databases' | 'files'>) {
  // The fixture page opens a store itself.
  await page.route(server.url, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Store</title>' }));
  await page.goto(server.url);
  await restoreStore(page, fixture);
}

/** What the present code finds in it, with the network switched off once the code is there. */
async function contentsOffline(page: Page, kind: 'indexeddb' | 'opfs') {
  await page.evaluate((url) => import(url), module);
  await page.context().setOffline(true);
  const contents = await page.evaluate(async ([url, kind]) => (await import(url)).storedContents(kind), [
    module,
    kind,
  ] as const);
  await page.context().setOffline(false);
  return contents;
}

const databaseNames = (page: Page) =>
  page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort());

for (const version of [1, 2])
  for (const kind of ['indexeddb', 'opfs'] as const)
    test(`a store of version ${version} is opened without a network, by who writes to ${kind}: every byte is right`, async ({
      page,
    }) => {
      const fixture = await readFixture(version);
      expect(fixture.version).toBe(version);
      await pageWith(page, fixture);
      const { opened, onTheWay } = fixture;
      expect(await contentsOffline(page, kind)).toEqual({ opened, onTheWay });
      // And again, now that it is of this version; in a worker, as it is used.
      expect(await callInWorker(page, { module, name: 'storedContents', args: [kind] })).toEqual({ opened, onTheWay });
    });

test('a store that a newer version has written is not opened, and nothing of it is deleted', async ({ page }) => {
  const fixture = await readFixture(2);
  await pageWith(page, {
    ...fixture,
    databases: { ...fixture.databases, 'orilla-schema': { schema: { version: 99 } } },
  });
  const names = await databaseNames(page);
  await expect(callInWorker(page, { module, name: 'storedContents', args: ['indexeddb'] })).rejects.toThrow(
    /written by a newer version of this app/,
  );
  expect(await databaseNames(page)).toEqual(names);
  await restoreStore(page, { databases: { 'orilla-schema': { schema: { version: 2 } } }, files: {} });
  const { opened, onTheWay } = fixture;
  expect(await callInWorker(page, { module, name: 'storedContents', args: ['indexeddb'] })).toEqual({
    opened,
    onTheWay,
  });
});

test('a file that is cut short on the disk is not opened, and one that nothing names is swept', async ({ page }) => {
  const fixture = await readFixture(2);
  const [folder, files] = Object.entries(fixture.files)[0] ?? [];
  const [whole, short] = Object.keys(files ?? {});
  if (folder === undefined || short === undefined) throw new Error('The fixture has two files.');
  const changed = { [folder]: { ...files, [short]: { $blob: btoa('too short') }, 'left-over': { $blob: btoa('x') } } };
  await pageWith(page, { ...fixture, files: changed });
  const contents = () =>
    callInWorker<Pick<StoredFixture, 'opened' | 'onTheWay'>>(page, { module, name: 'storedContents', args: ['opfs'] });
  const { one } = fixture.opened;
  expect((await contents()).opened).toEqual({ one });
  // From then on it counts as missing.
  expect(await contents()).toEqual({ opened: { one }, onTheWay: { ...fixture.onTheWay, two: 300 } });
  expect(await callInWorker(page, { module, name: 'filesIn', args: [folder] })).toEqual([whole]);
});
