import { expect, test } from '@playwright/test';
import { capital, DemoPage } from '../e2e/demo/demo-page.ts';
import { startServer } from '../e2e/start-server.ts';
import { adapterFeatures } from './adapter-features.ts';

/** The first answer ever on an adapter waits for its shaders to be compiled. */
const firstAnswerTimeout = 480_000;

test('the page answers on the GPU, says so, and its receipt tells that every layer was there', async ({ page }) => {
  await using server = await startServer();
  const demo = new DemoPage(page);
  const { place, receipt: words } = demo.words;
  await demo.open(server.url);
  expect(await adapterFeatures(page)).toContain('shader-f16');

  await demo.ask(capital);
  const answer = demo.answers.last();
  await expect(answer.getByText(words.title, { exact: true })).toBeVisible({ timeout: firstAnswerTimeout });
  await expect(demo.textOf(answer)).toContainText('Paris');
  await expect(answer.getByText(place.deviceGpu, { exact: true })).toBeVisible();

  await answer.getByText(words.title, { exact: true }).click();
  const told = (name: string) =>
    answer.getByRole('term').filter({ hasText: name }).locator('xpath=following-sibling::dd');
  await expect(told(words.backend)).toHaveText(words.backendNames.webgpu);
  await expect(told(words.gpuLayers)).toHaveText('31/31');
});
