import type { Page } from '@playwright/test';

/** The features of the adapter that this page is given, sorted; empty when it is given none. The page must be open. */
export function adapterFeatures(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => [...((await navigator.gpu?.requestAdapter())?.features ?? [])].sort());
}
