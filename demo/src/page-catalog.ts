import type { Catalog } from '@orilla/contract';

/**
 * The catalog that an organization has put into the page, as `<script type="application/json" id="orilla-catalog">`; `null` where
 * there is none. It comes with the page itself, so it is trusted as the page's own code is.
 * @throws SyntaxError where it isn't JSON
 */
export function readPageCatalog(page: {
  getElementById(id: string): { textContent: string | null } | null;
}): Catalog | null {
  const text = page.getElementById('orilla-catalog')?.textContent;
  if (!text) return null;
  return JSON.parse(text) as Catalog; // written by whoever serves this page
}
