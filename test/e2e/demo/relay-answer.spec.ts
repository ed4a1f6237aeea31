import { startCountingProxy } from './counting-proxy.ts';
import { capital, DemoPage, longQuestion } from './demo-page.ts';
import { expect, test } from './demo-test.ts';
import { askEndlessly } from './endless-answers.ts';
import { lessLongQuestion, shortContext } from './short-context.ts';
import { tooLarge } from './too-large.ts';
import { withCatalog } from './with-catalog.ts';

test.describe.configure({ timeout: 600_000 });

test('a question longer than the context of this device goes to the server, and says why', async ({
  demo,
  server,
  page,
  requests,
}) => {
  // Which words it says is the small model's business; that it can be stopped, and what the receipt says, is ours.
  await askEndlessly(page);
  await demo.open(server.url);
  await demo.ask(longQuestion);
  const answer = await demo.startedAnswer();
  await expect(answer.getByText("On your organization's server", { exact: true })).toBeVisible();
  await expect(answer.getByText("Longer than this device's context", { exact: true })).toBeVisible();
  expect(requests.relay()).toEqual([`POST ${server.url}/v1/chat/completions`]);
  // The head of the file, whose vocabulary counts the tokens, and nothing more.
  expect(requests.weights().length).toBeLessThanOrEqual(2);
  expect(requests.foreign(server.url)).toEqual([]);
  await demo.stop();
  await answer.getByText('Receipt', { exact: true }).click();
  await expect(answer).toContainText('on-premises');
  await expect(answer).toContainText('As the server says: its word, not a proof.');
});

test('a model too large for this device is answered by the server, without one byte of weights', async ({
  demo,
  server,
  page,
  requests,
}) => {
  await withCatalog(page, tooLarge);
  await demo.open(server.url);
  await expect(page.getByText('Too large for this device.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Download/ })).toHaveCount(0);
  await demo.ask(capital);
  const answer = await demo.finishedAnswer();
  await expect(answer.getByText("On your organization's server", { exact: true })).toBeVisible();
  await expect(answer.getByText('Too large for this device', { exact: true })).toBeVisible();
  await expect(demo.textOf(answer)).toHaveText(/\S/);
  expect(requests.weights()).toEqual([]);
  expect(requests.relay()).toHaveLength(1);
});

test('labelled device, a question that does not fit fails with a clear card, and nothing leaves', async ({
  browser,
  server,
}) => {
  await using proxy = await startCountingProxy(server.url);
  const context = await browser.newContext();
  const page = await context.newPage();
  const demo = new DemoPage(page);
  await withCatalog(page, shortContext);
  await demo.open(proxy.url);
  await demo.choose('device');
  await demo.ask(lessLongQuestion);

  const card = demo.errorCard;
  await expect(card).toContainText("This device can't answer this question.", { timeout: 240_000 });
  await expect(card).toContainText("longer than the model's context");
  await expect(card).toContainText('Nothing was sent.');
  await expect(card.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  expect(proxy.seen.filter((entry) => entry.includes(' /v1/'))).toEqual([]);
  expect(proxy.seen.filter((entry) => entry.startsWith('POST'))).toEqual([]);

  // The wire is watched and not merely quiet: once the reader widens the label, the same question passes it.
  await card.getByRole('button', { name: 'Ask within your organization' }).click();
  const answer = await demo.startedAnswer();
  await expect(answer.getByText("On your organization's server", { exact: true })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Within your organization' })).toBeChecked();
  expect(proxy.seen.filter((entry) => entry.startsWith('POST'))).toEqual(['POST /v1/chat/completions']);
  await context.close();
});

test('without a way to the server the card says so, and asking again works once there is one', async ({
  demo,
  server,
  page,
}) => {
  await page.route('**/v1/chat/completions', (route) => route.abort('connectionrefused'));
  await withCatalog(page, shortContext);
  await demo.open(server.url);
  await demo.ask(lessLongQuestion);
  const card = demo.errorCard;
  await expect(card).toContainText("Your organization's server can't be reached.");
  await page.unroute('**/v1/chat/completions');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card).toHaveCount(0);
  await expect(demo.question).toBeFocused();
  await demo.startedAnswer();
});
