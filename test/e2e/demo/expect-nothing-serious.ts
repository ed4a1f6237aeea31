import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';

/** All that depends on colours, and so all that may differ between the light page and the dark one. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** Violations that would keep somebody out, each with its place. */
async function seriousViolations(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

/** What of the page's header lies under something else, or beyond the edge, by its name. */
function coveredControls(page: Page): Promise<readonly string[]> {
  return page.locator('header').evaluate((header) => {
    const controls = [...header.querySelectorAll('a, button')].filter((control) => control.checkVisibility());
    const isWhole = (control: Element) => {
      const { left, right, top, bottom } = control.getBoundingClientRect();
      const middle = (top + bottom) / 2;
      return [left + 1, right - 1].every((x) => control.contains(document.elementFromPoint(x, middle)));
    };
    // An open list lies over the header on purpose.
    if (document.querySelector(':popover-open, dialog[open]')) return [];
    return controls.filter((control) => !isWhole(control)).map((control) => control.textContent ?? '');
  });
}

/** In both widths, light and dark. `mark` is what is to be seen in this state only: there before axe looks, and still there after. */
export async function expectNothingSerious(page: Page, state: string, mark: Locator): Promise<void> {
  for (const width of [390, 1440]) {
    await test.step(`${state}, ${width} px`, async () => {
      await page.setViewportSize({ width, height: 844 });
      await expect(mark).toBeVisible();
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await seriousViolations(new AxeBuilder({ page }))).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await seriousViolations(new AxeBuilder({ page }).withRules(colourRules))).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      expect(await coveredControls(page)).toEqual([]);
      expect(await mark.isVisible()).toBe(true);
    });
  }
}
