import { expect, type Locator, type Page } from '@playwright/test';
import type { Dictionary } from '../../../demo/src/i18n/dictionary.ts';
import { en } from '../../../demo/src/i18n/en.ts';

/** The page as a reader meets it: by roles and names, in the reader's language. */
export class DemoPage {
  readonly page: Page;
  readonly words: Dictionary;
  readonly question: Locator;
  readonly log: Locator;
  readonly answers: Locator;

  constructor(page: Page, words: Dictionary = en) {
    this.page = page;
    this.words = words;
    this.question = page.getByRole('textbox', { name: words.composer.label });
    this.log = page.getByRole('log', { name: words.chat.log });
    this.answers = this.log.getByRole('article', { name: words.chat.answer });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await expect(this.question).toBeVisible();
  }

  async ask(question: string): Promise<void> {
    await this.question.fill(question);
    await this.question.press('Enter');
  }

  /** The last answer, once it has ended with a receipt. The first one may include the download of the model. */
  async finishedAnswer({ timeout = 90_000 } = {}): Promise<Locator> {
    const answer = this.answers.last();
    await expect(answer.getByText(this.words.receipt.title, { exact: true })).toBeVisible({ timeout });
    return answer;
  }

  /** Narrows or widens how far the conversation may travel. */
  async choose(label: 'device' | 'organization'): Promise<void> {
    await this.page.getByRole('radio', { name: this.words.privacy[label] }).check();
  }
}

/** A question that is longer than the starter's context on the device (2,048 tokens) and fits the server's (8,192). */
export const longQuestion = `Here is a list of words. ${'stone river cloud light '.repeat(560)} What is the first word?`;

export const capital = 'What is the capital of France?';
