import type { Catalog } from '@orilla/contract';
import type { Page } from '@playwright/test';

/** Gives the page an organization's own catalog, as its relay would. */
export async function withCatalog(page: Page, catalog: Catalog): Promise<void> {
  await page.route('**/orilla/v1/catalog', (route) => route.fulfill({ json: catalog }));
}
