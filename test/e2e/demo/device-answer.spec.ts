import { startServer } from '../start-server.ts';
import { capital, DemoPage } from './demo-page.ts';
import { expect, test } from './demo-test.ts';
import { watchRequests } from './watch-requests.ts';

test.describe.configure({ timeout: 240_000 });

test('answers on the device, says so, and needs neither weights nor server again', async ({ browser }) => {
  await using server = await startServer();
  const context = await browser.newContext();
  const requests = watchRequests(context);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  const demo = new DemoPage(page);

  await test.step('the first question brings the model and is answered by it', async () => {
    await demo.open(server.url);
    await demo.ask(capital);
    const answer = await demo.finishedAnswer();
    await expect(answer).toContainText('Paris');
    await expect(answer.getByText(/^On this device · (CPU|GPU)$/)).toBeVisible();
    expect(requests.weights().length).toBeGreaterThan(0);
    expect(requests.relay()).toEqual([]);
  });

  await test.step('the weights are in IndexedDB', async () => {
    const { usage = 0 } = await page.evaluate(() => navigator.storage.estimate());
    const databases = await page.evaluate(() => indexedDB.databases());
    expect(usage).toBeGreaterThan(98_000_000);
    expect(databases.length).toBeGreaterThan(0);
  });

  await test.step('the page is cross-origin isolated, which WASM threads need', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  await test.step('after a reload it answers again without fetching weights', async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    requests.clear();
    await page.reload();
    await expect(page.getByText(demo.words.model.readyOffline)).toBeVisible();
    await demo.ask(capital);
    await expect(await demo.finishedAnswer()).toContainText('Paris');
    expect(requests.weights()).toEqual([]);
    expect(requests.relay()).toEqual([]);
  });

  await test.step('it made no request to any other origin', () => {
    expect(requests.foreign(server.url)).toEqual([]);
    expect(problems).toEqual([]);
  });

  await test.step('with the server stopped it opens, isolated as before, and answers', async () => {
    const ended = await server.stop();
    expect(ended.code).toBe(0);
    await page.reload();
    await expect(demo.question).toBeVisible();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await demo.ask(capital);
    const answer = await demo.finishedAnswer();
    await expect(answer).toContainText('Paris');
    await expect(answer.getByText(/^On this device · (CPU|GPU)$/)).toBeVisible();
  });

  await test.step('a first visit without its last requests is enough: a new tab opens too', async () => {
    const tab = new DemoPage(await context.newPage());
    await tab.open(server.url);
    await expect(tab.page.getByText(tab.words.model.readyOffline)).toBeVisible();
  });
  await context.close();
});

test('the receipt tells what happened, without content', async ({ demo, server, page }) => {
  await demo.open(server.url);
  await demo.ask(capital);
  const answer = await demo.finishedAnswer();
  await answer.getByText('Receipt', { exact: true }).click();
  const receipt = answer.getByRole('group');
  await expect(receipt).toContainText('smollm2-135m-instruct-q4_1');
  await expect(receipt).toContainText('llamacpp');
  await expect(receipt).toContainText(/WebAssembly \(CPU\)|WebGPU/);
  await expect(receipt).toContainText('Fits in memory');
  await expect(receipt).toContainText('May travel: within your organization');
  await expect(receipt).not.toContainText('France');
  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(demo.answers).toHaveCount(0);
  await expect(demo.question).toBeFocused();
});

test('asks the browser to keep the weights, once they are there', async ({ demo, server, page }) => {
  await page.addInitScript(() => {
    const persist = StorageManager.prototype.persist;
    StorageManager.prototype.persist = function () {
      document.documentElement.dataset.askedToPersist = 'yes';
      return persist.call(this);
    };
  });
  await demo.open(server.url);
  await expect(page.locator('html[data-asked-to-persist]')).toHaveCount(0);
  await page.getByRole('button', { name: /^Download/ }).click();
  await expect(page.getByText(demo.words.model.readyOffline)).toBeVisible({ timeout: 90_000 });
  await expect(page.locator('html[data-asked-to-persist]')).toHaveCount(1);
});
