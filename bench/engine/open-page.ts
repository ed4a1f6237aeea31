import { type Page, chromium as playwright } from '@playwright/test';
import type { Chromium } from '../../tools/chromium/find-chromium.ts';
import type {} from '../engine-page/page-bench.ts';

/**
 * Opens the bench's page in a Chromium of its own. WebGPU is switched off, so that both sides compute on the CPU with the same threads wherever
 * the bench runs.
 */
export async function openPage(
  { executablePath, args }: Chromium,
  url: string,
): Promise<{ readonly page: Page } & AsyncDisposable> {
  const browser = await playwright.launch({
    executablePath,
    args: [...args.filter((arg) => arg !== '--enable-unsafe-webgpu'), '--disable-blink-features=WebGPU'],
    // Scopes end the browser, after an interrupt too.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => 'pageBench' in window);
    return { page, [Symbol.asyncDispose]: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
