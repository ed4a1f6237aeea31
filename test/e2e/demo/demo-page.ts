import { expect, type Locator, type Page } from '@playwright/test';
import type { Dictionary } from '../../../demo/src/i18n/dictionary.ts';
import { en } from '../../../demo/src/i18n/en.ts';

/** A busy machine with two cores computes a few tokens a second, in the page and in the server alike. */
const computeTimeout = 240_000;

/** The page as a reader meets it: by roles and names, in the reader's language. */
export class DemoPage {
  readonly page: Page;
  readonly words: Dictionary;
  readonly question: Locator;
  readonly log: Locator;
  readonly answers: Locator;
  readonly errorCard: Locator;
  /** There while an answer is awaited or comes. */
  readonly stopButton: Locator;

  constructor(page: Page, words: Dictionary = en) {
    this.page = page;
    this.words = words;
    this.question = page.getByRole('textbox', { name: words.composer.label });
    this.log = page.getByRole('log', { name: words.chat.log });
    this.answers = this.log.getByRole('article', { name: words.chat.answer });
    this.errorCard = page.getByRole('alert');
    this.stopButton = page.getByRole('button', { name: words.composer.stop });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await expect(this.question).toBeVisible();
  }

  async ask(question: string): Promise<void> {
    await this.question.fill(question);
    await this.question.press('Enter');
  }

  /** The words of an answer, without badge and receipt. */
  textOf(answer: Locator): Locator {
    return answer.getByTestId('answer-text');
  }

  /** The last answer, once its first words are there. The first one may include the download of the model. */
  async startedAnswer(): Promise<Locator> {
    const answer = this.answers.last();
    await expect(this.textOf(answer)).toHaveText(/\S/, { timeout: computeTimeout });
    return answer;
  }

  /** The last answer, once it has ended with a receipt. */
  async finishedAnswer(): Promise<Locator> {
    const answer = this.answers.last();
    await expect(answer.getByText(this.words.receipt.title, { exact: true })).toBeVisible({ timeout: computeTimeout });
    return answer;
  }

  async stop(): Promise<void> {
    await this.stopButton.click();
  }

  /** Waits until the model is in this browser. */
  async stored(): Promise<void> {
    await expect(this.page.getByText(this.words.model.readyOffline)).toBeVisible({ timeout: computeTimeout });
  }

  /** Narrows or widens how far the conversation may travel. */
  async choose(label: 'device' | 'organization'): Promise<void> {
    await this.page.getByRole('radio', { name: this.words.privacy[label] }).check();
  }
}

/** With the 512 tokens that are kept for the answer it is longer than the starter's context on the device (2,048), and fits the server's (8,192). */
export const longQuestion = `Here is a list of words. ${'stone river cloud light '.repeat(420)} What is the first word?`;

export const capital = 'What is the capital of France?';
export const wordy = 'Write a long story about a lighthouse keeper, with many details.';
export const onDevice = /^On this device · (CPU|GPU)$/;
