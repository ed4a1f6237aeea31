import { type Page, chromium as playwright } from '@playwright/test';
import type {} from '../engine-page/page-bench.ts';
import type { BenchAdapter } from './bench-adapter.ts';

/** A browser on one adapter. An abort closes it, which ends whatever waits for one of its pages. */
export interface BenchBrowser extends AsyncDisposable {
  /** Opens the bench's page, with nothing of another one's in it. */
  openPage(url: string): Promise<Page & AsyncDisposable>;
}

export async function openBrowser(
  { chromium: { executablePath, args }, env }: BenchAdapter,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<BenchBrowser> {
  signal?.throwIfAborted();
  const browser = await playwright.launch({
    executablePath,
    args,
    env: { ...ownEnv(), ...env },
    // Scopes end the browser, after an interrupt too.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  const close = () => browser.close();
  signal?.addEventListener('abort', close, { once: true });
  return {
    async openPage(url) {
      // A context of its own: of what another page has stored nothing is there.
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(url);
      await page.waitForFunction(() => 'pageBench' in window);
      return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
    },
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener('abort', close);
      await close();
    },
  };
}

/** This process's environment as Playwright takes it: without what is unset. */
function ownEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
