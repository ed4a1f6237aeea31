import { test as base } from '@playwright/test';
import { type RunningServer, startServer } from '../start-server.ts';
import { DemoPage } from './demo-page.ts';
import { type WatchedRequests, watchRequests } from './watch-requests.ts';

interface DemoFixtures {
  readonly demo: DemoPage;
  readonly requests: WatchedRequests;
}

/** One server for all tests that do not stop it; a browser context of its own for each test, so that nothing is stored before. */
export const test = base.extend<DemoFixtures, { readonly server: RunningServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      await using server = await startServer();
      await use(server);
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  requests: async ({ context }, use) => use(watchRequests(context)),
  demo: async ({ page }, use) => use(new DemoPage(page)),
});

export { expect } from '@playwright/test';
