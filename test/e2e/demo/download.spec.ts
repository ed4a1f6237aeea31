import { expect, test } from './demo-test.ts';

test('the welcome names the model and its size, and downloads it on request, with bytes, speed and time', async ({
  demo,
  server,
  page,
  requests,
}) => {
  // Loopback is too fast to look at: every piece of weights arrives a little later.
  await page.route('**/files/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  await demo.open(server.url);
  const model = page.getByRole('region', { name: 'Model: SmolLM2 135M' });
  await expect(model).toContainText('98.4 MB');
  await expect(model).toContainText('License Apache-2.0');
  expect(requests.weights()).toEqual([]);

  await page.getByRole('button', { name: 'Download 98.4 MB' }).click();
  const card = page.getByRole('region', { name: 'Downloading SmolLM2 135M' });
  await expect(card.getByText(/^[\d.]+ MB of 98\.4 MB$/)).toBeVisible();
  await expect(card.getByText(/^[\d.]+ [MGk]?B\/s$/)).toBeVisible();
  await expect(card.getByText(/left$/)).toBeVisible();
  await expect(card.getByRole('progressbar')).toHaveAttribute('max', '98362432');
  await expect(page.getByText(demo.words.model.readyOffline)).toBeVisible({ timeout: 90_000 });
});

test('a download that is cancelled goes on from where it stopped', async ({ demo, server, page, requests }) => {
  let isSlow = true;
  await page.route('**/files/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, isSlow ? 700 : 0));
    await route.continue();
  });
  await demo.open(server.url);
  await page.getByRole('button', { name: /^Download/ }).click();
  await expect(page.getByText(/^[\d.]+ MB of 98\.4 MB$/)).toBeVisible();
  await expect(page.getByRole('progressbar')).not.toHaveAttribute('value', '0');
  await page.getByRole('button', { name: 'Cancel download' }).click();
  await expect(page.getByRole('button', { name: /^Download/ })).toBeVisible();

  const first = requests.weights().length;
  isSlow = false;
  requests.clear();
  await page.getByRole('button', { name: /^Download/ }).click();
  await expect(page.getByText(demo.words.model.readyOffline)).toBeVisible({ timeout: 90_000 });
  expect(first).toBeGreaterThan(0);
  // The file is fetched in 12 pieces of 8 MiB, its head in one more; what was stored is not fetched again.
  expect(requests.weights().length).toBeLessThan(13);
});

test('a model that the server lacks is a clear card, and asking again works once it is there', async ({
  demo,
  server,
  page,
}) => {
  await page.route('**/orilla/v1/models/**', (route) => route.fulfill({ status: 404, body: 'not here' }));
  await demo.open(server.url);
  await page.getByRole('button', { name: /^Download/ }).click();
  const card = page.getByRole('alert');
  await expect(card).toBeVisible({ timeout: 60_000 });
  await expect(card).not.toContainText(/at .*:\d+:\d+/);
  await page.unroute('**/orilla/v1/models/**');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText(demo.words.model.readyOffline)).toBeVisible({ timeout: 90_000 });
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
