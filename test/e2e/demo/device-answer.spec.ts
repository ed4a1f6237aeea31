import { startServer } from '../start-server.ts';
import { capital, DemoPage, onDevice } from './demo-page.ts';
import { expect, test } from './demo-test.ts';
import { storedBytes } from './stored-bytes.ts';
import { watchProblems } from './watch-problems.ts';
import { watchRequests } from './watch-requests.ts';

test.describe.configure({ timeout: 900_000 });

test('answers on the device, says so, and needs neither weights nor server again', async ({ browser }) => {
  await using server = await startServer();
  const context = await browser.newContext();
  const requests = watchRequests(context);
  const page = await context.newPage();
  const problems = await watchProblems(page);
  const demo = new DemoPage(page);

  await test.step('the first question brings the model and is answered by it', async () => {
    await demo.open(server.url);
    await demo.ask(capital);
    const answer = await demo.finishedAnswer();
    await expect(demo.textOf(answer)).toContainText('Paris');
    await expect(answer.getByText(onDevice)).toBeVisible();
    expect(requests.weights().length).toBeGreaterThan(0);
    expect(requests.relay()).toEqual([]);
  });

  await test.step('the finished answer was announced once and whole, not token by token', async () => {
    await expect(demo.log).toHaveAttribute('aria-live', 'off');
    const announcement = page.getByRole('status').filter({ hasText: /^Answer,/ });
    await expect(announcement).toHaveText(/^Answer, On this device · (CPU|GPU): .*Paris/);
  });

  await test.step('the receipt tells what happened, without content', async () => {
    const answer = demo.answers.last();
    await answer.getByText('Receipt', { exact: true }).click();
    const receipt = answer.getByRole('group');
    await expect(receipt).toContainText('smollm2-135m-instruct-q4_1');
    await expect(receipt).toContainText('llamacpp');
    await expect(receipt).toContainText(/WebAssembly \(CPU\)|WebGPU/);
    await expect(receipt).toContainText('May travel: within your organization');
    await expect(receipt).toContainText('Fits in memory');
    await expect(receipt).not.toContainText('France');
  });

  await test.step('the weights are in IndexedDB', async () => {
    expect(await storedBytes(page)).toBeGreaterThanOrEqual(98_362_432);
  });

  await test.step('the page is cross-origin isolated, which WASM threads need', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  await test.step('after a reload it answers again without fetching weights', async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    requests.clear();
    await page.reload();
    await demo.stored();
    await demo.ask(capital);
    const answer = await demo.finishedAnswer();
    await expect(demo.textOf(answer)).toContainText('Paris');
    expect(requests.weights()).toEqual([]);
    expect(requests.relay()).toEqual([]);
  });

  await test.step('it made no request to any other origin, and broke no rule of its policy', () => {
    expect(requests.foreign(server.url)).toEqual([]);
    expect(problems).toEqual([]);
  });

  await test.step('with the server stopped it opens, isolated as before, and answers', async () => {
    const ended = await server.stop();
    expect(ended.code).toBe(0);
    await page.reload();
    await demo.stored();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await demo.ask(capital);
    const answer = await demo.finishedAnswer();
    await expect(demo.textOf(answer)).toContainText('Paris');
    await expect(answer.getByText(onDevice)).toBeVisible();
  });

  await context.close();
});
