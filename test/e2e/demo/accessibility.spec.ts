import { es } from '../../../demo/src/i18n/es.ts';
import { DemoPage, wordy } from './demo-page.ts';
import { expect, test } from './demo-test.ts';
import { askEndlessly } from './endless-answers.ts';
import { expectNothingSerious } from './expect-nothing-serious.ts';
import { holdWeights } from './held-weights.ts';
import { lessLongQuestion, shortContext } from './short-context.ts';
import { withCatalog } from './with-catalog.ts';

test.describe.configure({ timeout: 240_000 });

test('axe finds nothing serious in any state of the page, light or dark', async ({ browser, server }) => {
  // Without motion: a colour on its way to another is neither.
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  const demo = new DemoPage(page);
  const weights = await holdWeights(page, { passing: 3 });
  await askEndlessly(page);
  await withCatalog(page, shortContext);
  await demo.open(server.url);
  await expectNothingSerious(page, 'welcome', page.getByRole('button', { name: /^Download/ }));
  await page.getByRole('button', { name: /^Model:/ }).click();
  await expectNothingSerious(page, 'picker', page.getByRole('group', { name: 'Choose a model' }));
  await page.keyboard.press('Escape');

  await demo.ask(wordy);
  await expectNothingSerious(page, 'downloading', page.getByText(/ of 98\.4 MB$/));
  weights.release();
  const first = await demo.startedAnswer();
  await expectNothingSerious(page, 'streaming', demo.stopButton);
  await demo.stop();
  await expectNothingSerious(page, 'stopped', first.getByText('Stopped by you'));

  await demo.choose('device');
  await demo.ask(lessLongQuestion);
  await expect(demo.errorCard).toBeVisible({ timeout: 60_000 });
  await expectNothingSerious(page, 'error card', demo.errorCard);

  await page.getByRole('button', { name: 'Ask within your organization' }).click();
  const answer = await demo.startedAnswer();
  await demo.stop();
  await answer.getByText('Receipt', { exact: true }).click();
  await expectNothingSerious(page, 'answer of the server, with its receipt', answer.getByText('on-premises'));

  await page.getByRole('button', { name: 'Español' }).click();
  await expectNothingSerious(page, 'Spanish', new DemoPage(page, es).question);
  await context.close();
});

test('everything can be done with the keyboard, and the focus is always to be seen', async ({
  demo,
  server,
  page,
  requests,
}) => {
  await demo.open(server.url);
  await expect(demo.question).toBeFocused();

  await page.keyboard.press('Tab');
  await expect(page.getByRole('radio', { name: 'Within your organization' })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio', { name: 'Only on this device' })).toBeChecked();
  await page.keyboard.press('Shift+Tab');

  await page.keyboard.type('What is the capital');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('of France?');
  await expect(demo.question).toHaveValue('What is the capital\nof France?');
  await page.keyboard.press('Enter');
  const answer = await demo.finishedAnswer();
  await expect(demo.textOf(answer)).toContainText('Paris');
  await expect(demo.question).toBeFocused();
  await expect(demo.question).toHaveValue('');

  await page.keyboard.press('Shift+Tab');
  const summary = answer.locator('summary');
  await expect(summary).toBeFocused();
  expect(await summary.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
  await page.keyboard.press('Enter');
  await expect(answer.getByText('May run on this device only')).toBeVisible();
  expect(requests.relay()).toEqual([]);

  await page.keyboard.press('Shift+Tab');
  await expect(demo.log).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: /^Model:/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('radio', { name: /^SmolLM2 135M/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: /^Qwen2.5 0.5B/ })).toBeChecked();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Model: Qwen2.5 0.5B' })).toBeFocused();
});

test('Enter while an input method composes a word does not send', async ({ demo, server }) => {
  await demo.open(server.url);
  await demo.question.fill('にほん');
  await demo.question.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await demo.question.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true });
  await expect(demo.question).toHaveValue('にほん');
  await expect(demo.answers).toHaveCount(0);
});

test('a reader who asked for less motion gets none', async ({ browser, server }) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  const demo = new DemoPage(page);
  const weights = await holdWeights(page);
  await demo.open(server.url);
  await demo.ask(wordy);
  await expect(page.getByRole('progressbar')).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await expect(page.getByRole('progressbar')).toBeVisible();
  weights.release();
  await context.close();
});
