import type { Page } from '@playwright/test';

/**
 * Collects what a page should never say: errors that nobody caught, errors in the console, and violations of the policy that the
 * server sends. Call it before the page is opened.
 */
export async function watchProblems(page: Page): Promise<readonly string[]> {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // A relay without a catalog of its own says 404, which the browser writes down as an error.
    const isKnown = message.location().url.endsWith('/orilla/v1/catalog');
    if (message.type() === 'error' && !isKnown) problems.push(message.text());
  });
  await page.exposeFunction('reportViolation', (what: string) => {
    problems.push(what);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      // The line above this script put it there.
      (globalThis as { reportViolation?: (what: string) => void }).reportViolation?.(
        `${violatedDirective} ${blockedURI}`,
      );
    });
  });
  return problems;
}
