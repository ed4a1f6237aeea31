import { longQuestion } from './demo-page.ts';
import { expect, test } from './demo-test.ts';

const wordy = 'Write a long story about a lighthouse keeper, with many details.';

test('the stop button ends an answer of the device, keeps what was written, and the next question works', async ({
  demo,
  server,
  page,
}) => {
  await demo.open(server.url);
  await demo.ask(wordy);
  const answer = demo.answers.last();
  await expect(answer.getByText(/^On this device/)).toBeVisible({ timeout: 90_000 });
  await expect(answer).toHaveAttribute('aria-busy', 'true');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(answer.getByText('Stopped by you')).toBeVisible();
  await expect(demo.question).toBeFocused();
  const written = await answer.locator('p').first().innerText();
  expect(written).not.toBe('');
  await demo.ask('What is the capital of France?');
  await expect(await demo.finishedAnswer()).toContainText(/\w/);
  expect(await answer.locator('p').first().innerText()).toBe(written);
});

test('the stop button ends an answer of the server, and the server closes it', async ({ demo, server, page }) => {
  await demo.open(server.url);
  await demo.ask(`${longQuestion} ${wordy}`);
  const answer = demo.answers.last();
  await expect(answer.getByText("On your organization's server")).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a question that waits for the model can be stopped before its first word', async ({ demo, server, page }) => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  await page.route('**/orilla/v1/models/**', async (route) => {
    await held;
    await route.continue();
  });
  await demo.open(server.url);
  await demo.ask(wordy);
  await expect(page.getByRole('progressbar')).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(demo.answers.last().getByText('Stopped by you')).toBeVisible();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  letGo();
});
