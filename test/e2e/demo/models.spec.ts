import { es } from '../../../demo/src/i18n/es.ts';
import { damageChunk } from './damage-chunk.ts';
import { capital, DemoPage, onDevice } from './demo-page.ts';
import { expect, test } from './demo-test.ts';
import { expectNothingSerious } from './expect-nothing-serious.ts';
import { holdWeights } from './held-weights.ts';
import { ModelsView } from './models-view.ts';
import { storedBytes } from './stored-bytes.ts';
import { tooLarge } from './too-large.ts';
import { watchProblems } from './watch-problems.ts';
import { watchRanges } from './watch-ranges.ts';
import { withCatalog } from './with-catalog.ts';

test.describe.configure({ timeout: 300_000 });

const starterBytes = 98_362_432;
/** What three requests of eight mebibytes leave in the store, the shorter head among them. */
const someBytes = 8_388_608;

test('the Models page is one click away; title, focus and the back button follow', async ({ demo, server, page }) => {
  await demo.open(server.url);
  await demo.question.fill('half a question');
  const models = new ModelsView(page);
  await page.getByRole('link', { name: 'Models' }).click();
  await expect(models.heading).toBeFocused();
  await expect(page).toHaveTitle('Models · Orilla');
  await models.isIn('absent');
  await expect(models.card).toContainText('98.4 MB');
  await expect(models.card).toContainText('llama.cpp');
  await expect(models.card).toContainText('License Apache-2.0');

  await page.goBack();
  await expect(demo.question).toBeFocused();
  await expect(demo.question).toHaveValue('half a question');
  await expect(page).toHaveTitle('Orilla: private AI at the edge');
  await page.goForward();
  await expect(models.heading).toBeFocused();
  await page.reload();
  await expect(models.heading).toBeVisible();
});

test('a download is paused and resumed, also after a reload, and no byte that is here is fetched again', async ({
  server,
  page,
  context,
}) => {
  const problems = await watchProblems(page);
  const ranges = watchRanges(context);
  const weights = await holdWeights(page, { passing: 3 });
  const models = new ModelsView(page);
  await models.open(server.url);

  await test.step('it shows how far it is', async () => {
    await models.button('download').click();
    await models.isIn('downloading');
    await models.has(someBytes);
    await expect(models.card.getByText(/^[\d.]+ MB of 98\.4 MB$/)).toBeVisible();
    await expect(models.card.getByText(/^[\d.]+ [MGk]?B\/s$/)).toBeVisible();
    await expect(models.card.getByText(/left$/)).toBeVisible();
  });

  await test.step('it stands still while it is paused, and after a reload', async () => {
    await models.button('pause').click();
    await models.isIn('paused');
    weights.release();
    await page.reload();
    await models.isIn('paused');
    await models.has(someBytes);
  });

  await test.step('it goes on to its end', async () => {
    await models.button('resume').click();
    await models.isIn('complete');
    expect(ranges.again()).toBe(0);
    expect(ranges.arrived()).toBe(starterBytes);
    expect(await storedBytes(page)).toBeGreaterThanOrEqual(starterBytes);
  });

  await test.step('the room that it takes is told', async () => {
    const storage = page.getByRole('region', { name: 'Storage' });
    await expect(storage.getByRole('meter')).toHaveAttribute('value', String(starterBytes));
    await expect(storage).toContainText(/ of models/);
    await expect(storage).toContainText(/ free/);
  });

  await test.step('the conversation has the model at once', async () => {
    await page.getByRole('link', { name: 'Chat' }).click();
    await expect(page.getByText('Ready on this device, also without a connection.')).toBeVisible();
    expect(problems).toEqual([]);
  });
});

test('what a reload interrupts is left as it is, and goes on from there', async ({ server, page, context }) => {
  const ranges = watchRanges(context);
  const weights = await holdWeights(page, { passing: 3 });
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.button('download').click();
  await models.has(someBytes);
  await page.reload();
  await models.isIn('incomplete');
  weights.release();
  await models.button('resume').click();
  await models.isIn('complete');
  expect(ranges.again()).toBe(0);
});

test('another tab sees the progress, and can pause and resume it', async ({ server, page, context }) => {
  const weights = await holdWeights(page, { passing: 3 });
  const here = new ModelsView(page);
  await here.open(server.url);
  await here.button('download').click();
  await here.has(someBytes);

  const otherPage = await context.newPage();
  const there = new ModelsView(otherPage);
  await there.open(server.url);
  await there.isIn('downloading');
  await there.has(someBytes);
  await there.button('pause').click();
  await here.isIn('paused');
  weights.release();
  await there.button('resume').click();
  await here.isIn('complete');
  await there.isIn('complete');
  await otherPage.close();
});

test('deleting asks first, says what it frees, and frees it', async ({ server, page, requests }) => {
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.download();

  await models.button('delete').click();
  await expect(models.dialog).toContainText('Delete SmolLM2 135M?');
  await expect(models.dialog).toContainText('98.4 MB');
  await models.dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(models.button('delete')).toBeFocused();
  await models.isIn('complete');

  await models.button('delete').click();
  await models.dialog.getByRole('button', { name: 'Delete' }).click();
  await models.isIn('absent');
  await expect.poll(() => storedBytes(page)).toBeLessThan(1_000_000);
  await expect(page.getByRole('status').filter({ hasText: 'SmolLM2 135M: Not downloaded' })).toBeAttached();
  requests.clear();
  await page.reload();
  await models.isIn('absent');
  expect(requests.weights()).toEqual([]);
});

test('cancelling a download says what is lost, and leaves nothing behind', async ({ server, page }) => {
  const weights = await holdWeights(page, { passing: 3 });
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.button('download').click();
  await models.has(someBytes);
  await models.button('cancel').click();
  await expect(models.dialog).toContainText('Cancel the download of SmolLM2 135M?');
  await models.dialog.getByRole('button', { name: 'Cancel download' }).click();
  await models.isIn('absent');
  await expect(models.card.getByRole('alert')).toHaveCount(0);
  weights.release();
  await expect.poll(() => storedBytes(page)).toBeLessThan(1_000_000);
});

test('a pin is kept', async ({ server, page }) => {
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.download();
  await expect(models.pin).toHaveAttribute('aria-pressed', 'false');
  await models.pin.click();
  await expect(models.pin).toHaveAttribute('aria-pressed', 'true');
  await page.reload();
  await expect(models.pin).toHaveAttribute('aria-pressed', 'true');
  await models.pin.click();
  await expect(models.pin).toHaveAttribute('aria-pressed', 'false');
});

test('a check finds a damaged part, and repairing fetches that part and nothing else', async ({
  server,
  page,
  context,
}) => {
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.download();
  await models.button('verify').click();
  await expect(models.card.getByText('Checked just now: every byte is as it was published.')).toBeVisible({
    timeout: 60_000,
  });

  const damagedBytes = await damageChunk(page);
  const ranges = watchRanges(context);
  await models.button('verify').click();
  await models.isIn('damaged');
  await expect(models.card).toContainText('1 part was damaged and removed.');
  expect(ranges.arrived()).toBe(0);
  await models.button('repair').click();
  await models.isIn('complete');
  expect(ranges.arrived()).toBe(damagedBytes);
});

test('a model travels as a file to a browser that cannot reach the server, and answers there', async ({
  server,
  page,
  browser,
}, testInfo) => {
  // The dialog for a place to save belongs to the system; without it a browser downloads.
  await page.addInitScript(() => {
    Object.assign(globalThis, { showSaveFilePicker: undefined });
  });
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.download();
  const downloading = page.waitForEvent('download');
  await models.button('export').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('smollm2-135m-instruct-q4_1.tar');
  const path = testInfo.outputPath('model.tar');
  await download.saveAs(path);

  const context = await browser.newContext();
  const otherPage = await context.newPage();
  await otherPage.route('**/orilla/v1/models/**', (route) => route.abort('internetdisconnected'));
  const there = new ModelsView(otherPage);
  await there.open(server.url);
  await there.isIn('absent');
  await otherPage.locator('input[type=file]').setInputFiles(path);
  await there.isIn('complete');
  const demo = new DemoPage(otherPage);
  await otherPage.getByRole('link', { name: 'Chat' }).click();
  await demo.choose('device');
  await demo.ask(capital);
  const answer = await demo.finishedAnswer();
  await expect(demo.textOf(answer)).toContainText('Paris');
  await expect(answer.getByText(onDevice)).toBeVisible();
  await context.close();
});

test('a file that is no model is a clear card, and nothing is stored', async ({ server, page }) => {
  const models = new ModelsView(page);
  await models.open(server.url);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'holiday.tar', mimeType: 'application/x-tar', buffer: Buffer.from('no archive at all') });
  const card = page.getByRole('alert');
  await expect(card).toContainText("This file can't be added.");
  await card.getByRole('button', { name: 'Close' }).click();
  await expect(card).toHaveCount(0);
  expect(await storedBytes(page)).toBe(0);
});

test('what does not fit this device says so, and is not offered', async ({ server, page, requests }) => {
  await withCatalog(page, tooLarge);
  const models = new ModelsView(page, { title: 'Huge 32B' });
  await models.open(server.url);
  await expect(models.card).toContainText('Too large for this device.');
  await expect(models.card.getByRole('button')).toHaveCount(0);
  expect(requests.weights()).toEqual([]);
});

test('what the catalog names no more is still there to be deleted', async ({ server, page }) => {
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.download();
  await withCatalog(page, { models: { served: { title: 'Served', device: [], relay: { model: 'smollm2-135m' } } } });
  await page.reload();
  const forgotten = new ModelsView(page, { title: 'smollm2-135m-instruct-q4_1' });
  await expect(page.getByRole('heading', { name: 'No longer offered' })).toBeVisible();
  await forgotten.isIn('complete');
  await forgotten.button('delete').click();
  await forgotten.dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(forgotten.card).toHaveCount(0);
  await expect(models.heading).toBeFocused();
  await expect.poll(() => storedBytes(page)).toBeLessThan(1_000_000);
});

test('a server that lacks the model is a clear card, and trying again works once it has it', async ({
  server,
  page,
}) => {
  await page.route('**/orilla/v1/models/**', (route) => route.fulfill({ status: 404, body: 'not here' }));
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.button('download').click();
  const card = models.card.getByRole('alert');
  await expect(card).toContainText("The model couldn't be found.", { timeout: 60_000 });
  await page.unroute('**/orilla/v1/models/**');
  await card.getByRole('button', { name: 'Try again' }).click();
  await models.isIn('complete');
  await expect(card).toHaveCount(0);
});

test('the keyboard alone does it all, and the focus stays with the model that it is about', async ({
  server,
  page,
}) => {
  const weights = await holdWeights(page, { passing: 3 });
  const models = new ModelsView(page);
  await models.open(server.url);
  await models.button('download').focus();
  await page.keyboard.press('Enter');
  await expect(models.button('pause')).toBeFocused();
  await models.has(someBytes);
  await page.keyboard.press('Enter');
  await expect(models.button('resume')).toBeFocused();
  weights.release();
  await page.keyboard.press('Enter');
  await models.isIn('complete');
  await expect(models.button('verify')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(models.dialog.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(models.button('download')).toBeFocused();
});

test('the load card of the conversation shows a pause, and goes on from it', async ({ demo, server, page }) => {
  const weights = await holdWeights(page, { passing: 3 });
  const models = new ModelsView(page);
  await demo.open(server.url);
  await page.getByRole('button', { name: /^Download/ }).click();
  await expect(page.getByRole('progressbar')).toHaveAttribute('value', /^[1-9]\d{6,}$/);
  await page.getByRole('link', { name: 'Models' }).click();
  await models.isIn('downloading');
  await models.button('pause').click();
  await models.isIn('paused');
  await page.getByRole('link', { name: 'Chat' }).click();
  await expect(page.getByRole('region', { name: 'Download of SmolLM2 135M paused' })).toBeVisible();
  weights.release();
  await page.getByRole('button', { name: 'Resume download' }).click();
  await demo.stored();
});

test('a Spanish reader gets a Spanish Models page', async ({ browser, server }) => {
  const context = await browser.newContext({ locale: 'es-ES' });
  const page = await context.newPage();
  const weights = await holdWeights(page, { passing: 3 });
  const models = new ModelsView(page, { words: es });
  await new DemoPage(page, es).open(server.url);
  await page.getByRole('link', { name: 'Modelos' }).click();
  await expect(models.heading).toBeFocused();
  await expect(page).toHaveTitle('Modelos · Orilla');
  await models.isIn('absent');
  await models.button('download').click();
  await models.has(someBytes);
  await expect(models.card.getByText(/^quedan /)).toBeVisible();
  await models.button('pause').click();
  await models.isIn('paused');
  weights.release();
  await models.button('delete').click();
  await expect(models.dialog).toContainText('¿Eliminar SmolLM2 135M?');
  await context.close();
});

test('axe finds nothing serious in any state of the Models page, light or dark', async ({ browser, server }) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  const weights = await holdWeights(page, { passing: 3 });
  const models = new ModelsView(page);
  await models.open(server.url);
  await expectNothingSerious(page, 'nothing stored', models.button('download'));
  await models.button('download').click();
  await models.has(someBytes);
  await expectNothingSerious(page, 'downloading', models.button('pause'));
  await models.button('pause').click();
  await expectNothingSerious(page, 'paused', models.button('resume'));
  await models.button('delete').click();
  await expectNothingSerious(page, 'asking', models.dialog);
  await page.keyboard.press('Escape');
  weights.release();
  await models.button('resume').click();
  await models.isIn('complete');
  await models.pin.click();
  await expectNothingSerious(page, 'complete and pinned', models.button('delete'));
  await damageChunk(page);
  await models.button('verify').click();
  await models.isIn('damaged');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'x.tar', mimeType: 'application/x-tar', buffer: Buffer.from('x') });
  await expectNothingSerious(page, 'damaged, with an error card', page.getByRole('alert'));
  await context.close();
});
