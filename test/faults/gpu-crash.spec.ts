import { expect, test } from '@playwright/test';
import { answerOf, openClientPage, type Question, serveClientPage } from '../fixtures/client-page/open-client-page.ts';
import { tinyOnnxPackage } from '../fixtures/models/tiny-onnx-package.ts';
import { startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';

const question: Question = {
  messages: [{ role: 'user', content: 'The river and the shore' }],
  temperature: 0,
  max_tokens: 120,
};

test("an answer goes on when the browser's GPU process crashes under it", async ({ browser }) => {
  const made = tinyOnnxPackage({ chatTemplate: "{{ messages[0]['content'] }}" });
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await serveClientPage();
  const context = await browser.newContext();
  const packages = [made.describe(mirror.url)];
  const page = await openClientPage(context, { url: server.url, packages, backend: 'webgpu' });
  const undisturbed = await answerOf(page, question);
  expect(undisturbed).toMatchObject({ error: null, receipt: { parts: [{ engine: 'onnx', backend: 'webgpu' }] } });

  const answer = await page.evaluate((asked) => window.client.ask(asked), question);
  await expect.poll(() => page.evaluate((number) => window.client.textOf(number), answer)).not.toBe('');
  const session = await browser.newBrowserCDPSession();
  session.send('Browser.crashGpuProcess').catch(() => undefined); // what crashed does not answer
  const disturbed = await page.evaluate((number) => window.client.answered(number), answer);
  expect(disturbed?.error).toBeNull();
  expect(disturbed?.text).toBe(undisturbed?.text);
  expect(disturbed?.receipt?.parts).toHaveLength(2);
  console.log(`It went on after ${Math.round(disturbed?.longestPauseMs ?? 0)} ms.`);
  await context.close();
});
