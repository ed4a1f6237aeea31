import type { Backend, EngineName } from '@orilla/contract';
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
import { webllmModel } from '../fixtures/webllm-model.ts';
import { webllmPackage } from '../fixtures/webllm-package.ts';
import type { MadePackage } from '../fixtures/worker-page/make-package.ts';
import { type MirrorServer, startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import type { PageServer } from '../fixtures/worker-page/serve-page.ts';

// A real engine, onnxruntime-web or WebLLM, on the browser's own WebGPU, loses its device or its worker behind a token that the seed draws.
// More of them: `npm run test:faults -- --seed N --runs M`.

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const seed = number('ORILLA_FAULT_SEED', 1);
// Each of them opens a model anew, which takes seconds: a hundred are enough.
const runs = Math.min(number('ORILLA_FAULT_RUNS', 3), 100);
const only = process.env.ORILLA_FAULT_ONLY;

const tokens = 32;
interface Loss {
  readonly strike: Strike;
  readonly engine: EngineName;
  readonly backend: Backend;
}

/**
 * Without a GPU there is none to lose; opening a model on one that is a CPU takes seconds, and for WebLLM more of them than for the others,
 * so that it comes last: a few runs have none of it.
 */
const round = [
  { strike: 'close', engine: 'onnx', backend: 'wasm' },
  { strike: 'destroy', engine: 'onnx', backend: 'webgpu' },
  { strike: 'close', engine: 'onnx', backend: 'wasm' },
  { strike: 'destroy', engine: 'webllm', backend: 'webgpu' },
  { strike: 'destroy', engine: 'onnx', backend: 'webgpu' },
  { strike: 'close', engine: 'webllm', backend: 'webgpu' },
] as const satisfies readonly Loss[];
const hasWebllm = !process.env.ORILLA_WITHOUT_WEBLLM; // who starts the tests has said why
const losses = round.filter(({ engine }) => hasWebllm || engine !== 'webllm');
const random = seededRandom(seed);
const points = Array.from({ length: runs }, (_, index) => ({
  index,
  ...(losses[index % losses.length] ?? round[0]),
  after: 1 + Math.floor(random() * (tokens - 1)),
  content: `Story ${Math.floor(random() * 1000)}: the river and the shore`,
})).filter(({ index }) => only === undefined || index === Number(only));

/** What ends an answer of the webllm model, kept away so that each answer is as long as the others. */
const endTokenId = 511;
const question = (content: string, engine: EngineName): Question => ({
  messages: [{ role: 'user', content }],
  temperature: 0,
  max_tokens: tokens,
  ...(engine === 'webllm' && { logit_bias: { [endTokenId]: -100 } }),
});

let server: PageServer;
let mirror: MirrorServer;
/** By engine and backend: of an origin's tabs one alone has the engine. */
const pages = new Map<string, Page>();
test.beforeAll(async ({ browser }) => {
  test.setTimeout(600_000); // the webllm model may have to be compiled first
  const made = new Map<EngineName, MadePackage>();
  for (const { engine } of points) if (!made.has(engine)) made.set(engine, await packageFor(engine));
  server = await serveClientPage();
  mirror = await startMirrorServer({ files: Object.assign({}, ...[...made.values()].map(({ served }) => served)) });
  for (const { engine, backend } of points) {
    const one = made.get(engine);
    if (!one || pages.has(`${engine} ${backend}`)) continue;
    const packages = [one.describe(mirror.url)];
    const context = await browser.newContext();
    pages.set(`${engine} ${backend}`, await openClientPage(context, { url: server.url, packages, backend }));
  }
});
test.afterAll(async () => {
  for (const page of pages.values()) await page.context().close();
  await mirror?.close();
  await server?.[Symbol.asyncDispose]();
});

async function packageFor(engine: EngineName): Promise<MadePackage> {
  if (engine === 'webllm') return webllmPackage(await webllmModel(), { id: 'tiny-webllm', contextLength: 512 });
  return tinyOnnxPackage({ chatTemplate: "{{ messages[0]['content'] }}" });
}

for (const point of points)
  test(`seed ${seed}, answer ${point.index}: ${point.strike} of ${point.engine} behind token ${point.after} of ${tokens}`, () =>
    expectToSurvive(point).catch((error: unknown) => {
      console.error(`To see it again: npm run test:faults -- --seed ${seed} --only ${point.index} lost-answers`);
      throw error;
    }));

async function expectToSurvive({ strike, engine, backend, after, content }: (typeof points)[number]): Promise<void> {
  const page = pages.get(`${engine} ${backend}`);
  if (!page) throw new Error('The page was not opened.');
  const undisturbed = await answerOf(page, question(content, engine));
  expect(undisturbed?.error).toBeNull();
  expect(undisturbed?.receipt?.parts).toHaveLength(1);
  await strikeAfter(page, strike, after);
  const disturbed = await answerOf(page, question(content, engine));
  expect(disturbed?.error).toBeNull();
  expect(disturbed?.text).toBe(undisturbed?.text);
  const [one, other] = [undisturbed?.receipt, disturbed?.receipt];
  expect(other?.usage?.prompt_tokens).toBe(one?.usage?.prompt_tokens);
  expect(other?.usage?.completion_tokens).toBe(tokens);
  expect(other?.finishReason).toBe(one?.finishReason);
  // What a message held that was on its way is computed once more, so that the seam is where the page had come to.
  const parts = other?.parts ?? [];
  expect(parts).toMatchObject([
    { engine, backend },
    { engine, backend },
  ]);
  expect(parts.reduce((sum, part) => sum + part.tokens, 0)).toBe(tokens);
  console.log(`It went on after ${Math.round(disturbed?.longestPauseMs ?? 0)} ms: ${engine} on ${backend}.`);
}
