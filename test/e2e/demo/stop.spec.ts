import { capital, wordy } from './demo-page.ts';
import { expect, test } from './demo-test.ts';
import { askEndlessly } from './endless-answers.ts';
import { holdWeights } from './held-weights.ts';
import { lessLongQuestion, shortContext } from './short-context.ts';
import { withCatalog } from './with-catalog.ts';

test.describe.configure({ timeout: 600_000 });

test('the stop button ends an answer of the device, keeps what was written, and the next question works', async ({
  demo,
  server,
  page,
}) => {
  await askEndlessly(page);
  await demo.open(server.url);
  await demo.ask(wordy);
  const answer = await demo.startedAnswer();
  await expect(answer).toHaveAttribute('aria-busy', 'true');
  await demo.stop();
  await expect(answer.getByText('Stopped by you')).toBeVisible();
  await expect(demo.question).toBeFocused();
  expect(await demo.textOf(answer).innerText()).not.toBe('');

  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(demo.answers).toHaveCount(0);
  await expect(demo.question).toBeFocused();
  await demo.ask(capital);
  const next = await demo.startedAnswer();
  await expect(demo.textOf(next)).toContainText('Paris', { timeout: 60_000 });
});

test('the stop button ends an answer of the server', async ({ demo, server, page }) => {
  await askEndlessly(page);
  await withCatalog(page, shortContext);
  await demo.open(server.url);
  await demo.ask(`${lessLongQuestion} ${wordy}`);
  const answer = await demo.startedAnswer();
  await demo.stop();
  await expect(answer.getByText('Stopped by you')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  await expect(demo.errorCard).toHaveCount(0);
});

test('a question that waits for the model can be stopped before its first word', async ({ demo, server, page }) => {
  const weights = await holdWeights(page);
  await demo.open(server.url);
  await demo.ask(wordy);
  await expect(page.getByRole('progressbar')).toBeVisible();
  await demo.stop();
  await expect(demo.answers.last().getByText('Stopped by you')).toBeVisible();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  weights.release();
});
