import type { Backend } from '@orilla/contract';
import { expect, type Page, test } from '@playwright/test';
import { seededRandom } from '../../bench/statistics/seeded-random.ts';
import {
  answerOf,
  openClientPage,
  type Question,
  type Strike,
  serveClientPage,
  strikeAfter,
} from '../fixtures/client-page/open-client-page.ts';
import { tinyOnnxPackage } from '../fixtures/models/tiny-onnx-package.ts';
import { type MirrorServer, startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import type { PageServer } from '../fixtures/worker-page/serve-page.ts';

// A real engine, onnxruntime-web, on the browser's own WebGPU, loses its device or its worker behind a token that the seed draws. More of
// them: `npm run test:faults -- --seed N --runs M`.

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const seed = number('ORILLA_FAULT_SEED', 1);
// Each of them opens a model anew, which takes seconds: a hundred are enough.
const runs = Math.min(number('ORILLA_FAULT_RUNS', 3), 100);
const only = process.env.ORILLA_FAULT_ONLY;

const tokens = 32;
/** Without a GPU there is none to lose; opening a model on one that is a CPU takes seconds. */
const strikes = [
  { strike: 'close', backend: 'wasm' },
  { strike: 'destroy', backend: 'webgpu' },
] as const satisfies readonly { readonly strike: Strike; readonly backend: Backend }[];
const random = seededRandom(seed);
const points = Array.from({ length: runs }, (_, index) => ({
  index,
  ...(strikes[index % strikes.length] ?? strikes[0]),
  after: 1 + Math.floor(random() * (tokens - 1)),
  content: `Story ${Math.floor(random() * 1000)}: the river and the shore`,
})).filter(({ index }) => only === undefined || index === Number(only));

const question = (content: string): Question => ({
  messages: [{ role: 'user', content }],
  temperature: 0,
  max_tokens: tokens,
});

const made = tinyOnnxPackage({ chatTemplate: "{{ messages[0]['content'] }}" });
let server: PageServer;
let mirror: MirrorServer;
const pages = new Map<Backend, Page>();
test.beforeAll(async ({ browser }) => {
  server = await serveClientPage();
  mirror = await startMirrorServer({ files: made.served });
  const packages = [made.describe(mirror.url)];
  for (const { backend } of strikes) {
    // Of an origin's tabs one alone has the engine.
    const context = await browser.newContext();
    pages.set(backend, await openClientPage(context, { url: server.url, packages, backend }));
  }
});
test.afterAll(async () => {
  for (const page of pages.values()) await page.context().close();
  await mirror?.close();
  await server?.[Symbol.asyncDispose]();
});

for (const point of points)
  test(`seed ${seed}, answer ${point.index}: ${point.strike} behind token ${point.after} of ${tokens}`, () =>
    expectToSurvive(point).catch((error: unknown) => {
      console.error(`To see it again: npm run test:faults -- --seed ${seed} --only ${point.index} lost-answers`);
      throw error;
    }));

async function expectToSurvive({ strike, backend, after, content }: (typeof points)[number]): Promise<void> {
  const page = pages.get(backend);
  if (!page) throw new Error('The page was not opened.');
  const undisturbed = await answerOf(page, question(content));
  expect(undisturbed?.error).toBeNull();
  expect(undisturbed?.receipt?.parts).toHaveLength(1);
  await strikeAfter(page, strike, after);
  const disturbed = await answerOf(page, question(content));
  expect(disturbed?.error).toBeNull();
  expect(disturbed?.text).toBe(undisturbed?.text);
  const [one, other] = [undisturbed?.receipt, disturbed?.receipt];
  expect(other?.usage?.prompt_tokens).toBe(one?.usage?.prompt_tokens);
  expect(other?.usage?.completion_tokens).toBe(tokens);
  expect(other?.finishReason).toBe(one?.finishReason);
  // What a message held that was on its way is computed once more, so that the seam is where the page had come to.
  const parts = other?.parts ?? [];
  expect(parts).toMatchObject([{ backend }, { backend }]);
  expect(parts.reduce((sum, part) => sum + part.tokens, 0)).toBe(tokens);
  console.log(`It went on after ${Math.round(disturbed?.longestPauseMs ?? 0)} ms, on ${backend}.`);
}
