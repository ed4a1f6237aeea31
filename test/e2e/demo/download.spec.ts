import { expect, test } from './demo-test.ts';
import { holdWeights } from './held-weights.ts';

test.describe.configure({ timeout: 300_000 });

test('the welcome names the model and its size; it comes on request, with bytes, speed and time left', async ({
  demo,
  server,
  page,
  requests,
}) => {
  await page.addInitScript(() => {
    const { persist } = StorageManager.prototype;
    StorageManager.prototype.persist = function () {
      document.documentElement.dataset.askedToPersist = 'yes';
      return persist.call(this);
    };
  });
  const weights = await holdWeights(page, { passing: 3 });
  await demo.open(server.url);
  const model = page.getByRole('region', { name: 'Model: SmolLM2 135M' });
  await expect(model).toContainText('98.4 MB');
  await expect(model).toContainText('License Apache-2.0');
  expect(requests.weights()).toEqual([]);
  await expect(page.locator('html[data-asked-to-persist]')).toHaveCount(0);

  await page.getByRole('button', { name: 'Download 98.4 MB' }).click();
  // The browser is asked to keep the weights as soon as there will be any.
  await expect(page.locator('html[data-asked-to-persist]')).toHaveCount(1);
  const card = page.getByRole('region', { name: 'Downloading SmolLM2 135M' });
  await expect(card.getByText(/^[\d.]+ MB of 98\.4 MB$/)).toBeVisible();
  await expect(card.getByText(/^[\d.]+ [MGk]?B\/s$/)).toBeVisible();
  await expect(card.getByText(/left$/)).toBeVisible();
  await expect(card.getByRole('progressbar')).toHaveAttribute('max', '98362432');
  weights.release();
  await demo.stored();
});

test('a download that is cancelled goes on from where it stopped', async ({ demo, server, page, requests }) => {
  const weights = await holdWeights(page, { passing: 4 });
  await demo.open(server.url);
  await page.getByRole('button', { name: /^Download/ }).click();
  const progress = page.getByRole('progressbar');
  await expect(progress).toHaveAttribute('value', /^[1-9]\d{7,}$/);
  await page.getByRole('button', { name: 'Cancel download' }).click();
  await expect(page.getByRole('button', { name: /^Download/ })).toBeVisible();

  weights.release();
  requests.clear();
  await page.getByRole('button', { name: /^Download/ }).click();
  await demo.stored();
  // The file is twelve pieces of 8 MiB, and its head is one of its own: what was stored is not fetched again.
  expect(requests.weights().length).toBeGreaterThan(0);
  expect(requests.weights().length).toBeLessThan(12);
});

test('a model that the server lacks is a clear card, and asking again works once it is there', async ({
  demo,
  server,
  page,
}) => {
  await page.route('**/orilla/v1/models/**', (route) => route.fulfill({ status: 404, body: 'not here' }));
  // The hub that also has the model is not for tests.
  await page.route('https://**', (route) => route.abort('internetdisconnected'));
  await demo.open(server.url);
  await page.getByRole('button', { name: /^Download/ }).click();
  const card = demo.errorCard;
  await expect(card).toContainText("The model couldn't be found.", { timeout: 60_000 });
  await expect(card).not.toContainText(/\bat \S+:\d+:\d+/);
  await page.unroute('**/orilla/v1/models/**');
  await card.getByRole('button', { name: 'Try again' }).click();
  await demo.stored();
});

test('the picker tells sizes and whether this device could run a model, before anything is fetched', async ({
  demo,
  server,
  page,
  requests,
}) => {
  await demo.open(server.url);
  await page.getByRole('button', { name: 'Model: SmolLM2 135M' }).click();
  const choice = page.getByRole('group', { name: 'Choose a model' });
  await expect(choice.getByRole('radio', { name: /^SmolLM2 135M 98.4 MB · Fits this device$/ })).toBeChecked();
  await expect(choice.getByRole('radio', { name: /^Qwen3 4B 2.5 GB · / })).toBeVisible();
  await choice.getByText('Qwen2.5 0.5B').click();
  await expect(page.getByRole('region', { name: 'Model: Qwen2.5 0.5B' })).toContainText('491 MB');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Model: Qwen2.5 0.5B' })).toBeVisible();
  expect(requests.weights()).toEqual([]);
});

test('a list of models that can’t be used is a clear card, not an empty page', async ({ server, page, demo }) => {
  await page.route('**/orilla/v1/catalog', (route) => route.fulfill({ body: '<!doctype html>' }));
  await page.goto(server.url);
  await expect(demo.errorCard).toContainText("The list of models can't be used.");
  await page.unroute('**/orilla/v1/catalog');
  await demo.errorCard.getByRole('button', { name: 'Try again' }).click();
  await expect(demo.question).toBeVisible();
});
