import { expect, type Locator, type Page } from '@playwright/test';
import type { Dictionary } from '../../../demo/src/i18n/dictionary.ts';
import { en } from '../../../demo/src/i18n/en.ts';

type Action = keyof Dictionary['models']['actions'];
type State = keyof Dictionary['models']['states'];

/** What the disk of a busy machine may take for a hundred megabytes. */
const storeTimeout = 120_000;

/** The Models page as a reader meets it, about one model. */
export class ModelsView {
  readonly page: Page;
  readonly words: Dictionary;
  readonly heading: Locator;
  readonly card: Locator;
  readonly progress: Locator;
  readonly pin: Locator;
  readonly dialog: Locator;
  readonly #title: string;

  constructor(page: Page, { words = en, title = 'SmolLM2 135M' }: { words?: Dictionary; title?: string } = {}) {
    this.page = page;
    this.words = words;
    this.#title = title;
    this.heading = page.getByRole('heading', { level: 1, name: words.models.heading });
    this.card = page.getByRole('article', { name: title, exact: true });
    this.progress = this.card.getByRole('progressbar');
    this.pin = this.card.getByRole('button', { name: `${words.models.pin} ${title}` });
    this.dialog = page.getByRole('dialog');
  }

  async open(url: string): Promise<void> {
    await this.page.goto(`${url}/#models`);
    await expect(this.heading).toBeVisible();
  }

  button(action: Action): Locator {
    return this.card.getByRole('button', { name: `${this.words.models.actions[action]} ${this.#title}` });
  }

  async isIn(state: State): Promise<void> {
    await expect(this.card.getByText(this.words.models.states[state], { exact: true })).toBeVisible({
      timeout: storeTimeout,
    });
  }

  /** Waits until so many bytes are stored at least. */
  async has(bytes: number): Promise<void> {
    const stored = async () => Number(await this.progress.getAttribute('value'));
    await expect.poll(stored, { timeout: storeTimeout }).toBeGreaterThanOrEqual(bytes);
  }

  /** Downloads it from the beginning to the end. */
  async download(): Promise<void> {
    await this.button('download').click();
    await this.isIn('complete');
  }
}
