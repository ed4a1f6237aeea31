import type { Page } from '@playwright/test';

/**
 * Loopback is too fast to look at a download: the first `passing` requests for weights are let through, and all others wait until
 * they are released. What the page shows of it stays as it is for as long as anybody looks.
 */
export async function holdWeights(
  page: Page,
  { passing = 0 }: { readonly passing?: number } = {},
): Promise<{ release(): void }> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let seen = 0;
  await page.route('**/orilla/v1/models/*/files/**', async (route) => {
    seen += 1;
    if (seen > passing) await released;
    await route.continue();
  });
  return { release };
}
