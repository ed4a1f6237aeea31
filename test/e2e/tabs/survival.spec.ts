import { expect, test } from '@playwright/test';
import { seededRandom } from '../../../bench/statistics/seeded-random.ts';
import {
  answerOf,
  openClientPage,
  type Question,
  serveClientPage,
  strikeAfter,
} from '../../fixtures/client-page/open-client-page.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { starterPackage } from '../../fixtures/worker-page/open-page.ts';

// The real model on the CPU: llama.cpp gives no ids to go on behind, so that the text is all it has.

const tokens = 16;
const question: Question = {
  messages: [{ role: 'user', content: 'Tell me a story about a river.' }],
  temperature: 0,
  max_tokens: tokens,
};

test('an answer of the starter model goes on, character by character the same, when its worker ends behind any token', async ({
  context,
}) => {
  const made = await starterPackage();
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await serveClientPage();
  const packages = [made.describe(mirror.url)];
  const page = await openClientPage(context, { url: server.url, packages, backend: 'wasm' });
  const undisturbed = await answerOf(page, question);
  expect(undisturbed).toMatchObject({ error: null, receipt: { parts: [{ engine: 'llamacpp', backend: 'wasm' }] } });

  const random = seededRandom(7);
  for (let times = 0; times < 2; times += 1) {
    const after = 1 + Math.floor(random() * (tokens - 2));
    await strikeAfter(page, 'close', after);
    const disturbed = await answerOf(page, question);
    expect(disturbed?.error, `behind token ${after}`).toBeNull();
    expect(disturbed?.text, `behind token ${after}`).toBe(undisturbed?.text);
    expect(disturbed?.receipt?.usage).toMatchObject({
      prompt_tokens: undisturbed?.receipt?.usage?.prompt_tokens,
      completion_tokens: undisturbed?.receipt?.usage?.completion_tokens,
    });
    expect(disturbed?.receipt?.parts).toHaveLength(2);
  }
});
