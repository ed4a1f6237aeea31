import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { es } from '../../../demo/src/i18n/es.ts';
import { capital, DemoPage, longQuestion } from './demo-page.ts';
import { expect, test } from './demo-test.ts';

/** Violations that would keep somebody out, each with its place. */
async function seriousViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1440]) {
    test(`axe finds nothing serious in any state, ${colorScheme}, ${width} px wide`, async ({ browser, server }) => {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 844 } });
      const page = await context.newPage();
      const demo = new DemoPage(page);
      const expectNothingSerious = (state: string) =>
        test.step(state, async () => {
          expect(await seriousViolations(page)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        });

      await page.route('**/files/**', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        await route.continue();
      });
      await demo.open(server.url);
      await expectNothingSerious('welcome');
      await page.getByRole('button', { name: /^Model:/ }).click();
      await expectNothingSerious('picker');
      await page.keyboard.press('Escape');

      await demo.ask('Write a story about the sea.');
      await expect(page.getByText(/ of 98\.4 MB$/)).toBeVisible();
      await expectNothingSerious('downloading');
      await expect(demo.answers.last().getByText(/^On this device/)).toBeVisible({ timeout: 90_000 });
      await expectNothingSerious('streaming');
      await page.getByRole('button', { name: 'Stop' }).click();
      await expect(demo.answers.last().getByText('Stopped by you')).toBeVisible();
      await expectNothingSerious('stopped');

      await demo.choose('device');
      await demo.ask(longQuestion);
      await expect(page.getByRole('alert')).toBeVisible({ timeout: 60_000 });
      await expectNothingSerious('error card');

      await page.getByRole('button', { name: 'Ask within your organization' }).click();
      const answer = await demo.finishedAnswer();
      await answer.getByText('Receipt', { exact: true }).click();
      await expectNothingSerious('answer of the server, with its receipt');

      await page.getByRole('button', { name: 'Español' }).click();
      await expect(new DemoPage(page, es).question).toBeVisible();
      await expectNothingSerious('Spanish');
      await context.close();
    });
  }
}

test('everything can be done with the keyboard, and the focus is always to be seen', async ({ demo, server, page }) => {
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
  await expect(demo.question).toBeFocused();
  await expect(demo.question).toHaveValue('');

  await page.keyboard.press('Shift+Tab');
  await expect(answer.locator('summary')).toBeFocused();
  const outline = await answer.locator('summary').evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline).toBe('solid');
  await page.keyboard.press('Enter');
  await expect(answer).toContainText('May run on this device only');

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

test('the finished answer is announced once and whole, not every token', async ({ demo, server, page }) => {
  await demo.open(server.url);
  await expect(demo.log).toHaveAttribute('aria-live', 'off');
  const status = page.getByRole('status').filter({ hasText: /^Answer,/ });
  await demo.ask(capital);
  await expect(demo.answers.last().getByText(/^On this device/)).toBeVisible({ timeout: 90_000 });
  await demo.finishedAnswer();
  await expect(status).toHaveText(/^Answer, On this device · (CPU|GPU): .*Paris/);
});

test('Enter while an input method composes a word does not send', async ({ demo, server, page }) => {
  await demo.open(server.url);
  await demo.question.fill('にほん');
  await demo.question.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(demo.question).toHaveValue('にほん');
  await expect(demo.answers).toHaveCount(0);
  await demo.question.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true });
  await expect(demo.answers).toHaveCount(0);
  await page.getByRole('button', { name: 'Send' }).isEnabled();
});

test('a reader who asked for less motion gets none', async ({ browser, server }) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  const demo = new DemoPage(page);
  await demo.open(server.url);
  await demo.ask(capital);
  await expect(demo.answers.last().locator('svg').first()).toBeVisible();
  const running = await page.evaluate(() => document.getAnimations().length);
  expect(running).toBe(0);
  await context.close();
});
