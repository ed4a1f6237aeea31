import type { Page } from '@playwright/test';

/** Loopback is too fast to look at a download: every piece of weights arrives a little later. */
export async function slowWeights(page: Page, delayMs: number): Promise<{ atFullSpeed(): void }> {
  let isSlow = true;
  await page.route('**/orilla/v1/models/*/files/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, isSlow ? delayMs : 0));
    await route.continue();
  });
  return {
    atFullSpeed: () => {
      isSlow = false;
    },
  };
}
