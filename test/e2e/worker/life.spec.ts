import { expect, type Page, test } from '@playwright/test';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

let server: PageServer;
let page: Page;
test.beforeAll(async ({ browser }) => {
  server = await servePage({ isolated: false });
  page = await openWorkerPage(await browser.newContext(), server.url);
});
test.afterAll(async () => {
  await page?.context().close();
  await server?.[Symbol.asyncDispose]();
});

test('the worker says hello with a lock that it holds, and takes calls beside that', async () => {
  const { type, lockName } = await page.evaluate(() => window.harness.hello());
  expect(type).toBe('orilla-worker');
  expect(lockName).toMatch(/^orilla-worker-[0-9a-f]{32}$/);
  expect(await page.evaluate(() => window.harness.isLockHeld())).toBe(true);
  const facts = await page.evaluate(() => window.harness.probe());
  expect(facts).toMatchObject({ isSecureContext: true, crossOriginIsolated: false });
  expect(facts.engines.llamacpp?.features).toContain('json-schema');
  expect(facts.memoryBudgetBytes).toBeGreaterThan(256 * 1024 ** 2);
  expect(facts.storage?.quotaBytes).toBeGreaterThan(0);
});

test('every worker has a lock of its own', async () => {
  const other = await openWorkerPage(page.context(), server.url);
  const name = await other.evaluate(() => window.harness.hello());
  expect(name).not.toEqual(await page.evaluate(() => window.harness.hello()));
  await other.close();
});

test('an isolated page says that it is', async ({ context }) => {
  await using isolated = await servePage({ isolated: true });
  const other = await openWorkerPage(context, isolated.url);
  expect((await other.evaluate(() => window.harness.probe())).crossOriginIsolated).toBe(true);
});

test('an error of a control call crosses whole', async ({ context }) => {
  const other = await openWorkerPage(context, server.url);
  // A database that somebody else made under this name.
  await other.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('orilla-packages', 99);
        opening.onsuccess = () => {
          opening.result.close();
          resolve(null);
        };
      }),
  );
  const encoded = await other.evaluate(() => window.harness.removePackage('any'));
  expect(encoded).toMatchObject({ kind: 'orilla', code: 'storage.unavailable', advice: expect.any(String) });
});

test('who waits for the lock learns that the worker is gone', async () => {
  const learned = page.evaluate(() => window.harness.waitForLock());
  await page.evaluate(() => window.harness.terminate());
  const { lockName } = await page.evaluate(() => window.harness.hello());
  expect(await learned).toBe(lockName);
});
