import type { Backend, ChatRequest, LoadResult } from '@orilla/contract';
import { type BrowserContext, expect, type Page } from '@playwright/test';
import { tinyOnnxPackage } from '../../fixtures/models/tiny-onnx-package.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';

/** The text of the first message is the whole prompt: what the reference was asked. */
const chatTemplate = "{{ messages[0]['content'] }}";
export const bare = tinyOnnxPackage({ chatTemplate });
export const bareHalf = tinyOnnxPackage({ chatTemplate, model: 'tiny-llama-onnx-f16' });

export const request = (content: string, fields: object = {}): ChatRequest => ({
  model: bare.manifest.id,
  messages: [{ role: 'user', content }],
  temperature: 0,
  max_tokens: 24,
  ...fields,
});

export interface OpenOptions {
  readonly url: string;
  readonly mirror: string;
  readonly backend: Backend;
}

/** Opens the tiny llama in the worker of a page of its own. */
export async function openTinyLlama(context: BrowserContext, { mirror, ...options }: OpenOptions): Promise<Page> {
  const page = await openEmptyPage(context, options);
  const { backend } = options;
  expect(await load(page, mirror)).toMatchObject({ engine: 'onnx', backend });
  return page;
}

/** A page whose worker computes on that backend: on WASM by taking WebGPU away from it. */
export async function openEmptyPage(
  context: BrowserContext,
  { url, backend }: Omit<OpenOptions, 'mirror'>,
): Promise<Page> {
  const page = await openWorkerPage(context, url);
  await page.workers()[0]?.evaluate(prepareWorker, backend);
  return page;
}

export async function load(page: Page, mirror: string): Promise<LoadResult | null> {
  const { result, error } = await page.evaluate((pkg) => window.harness.load(pkg), bare.describe(mirror));
  expect(error).toBeNull();
  return result;
}

export function ask(page: Page, content: string, fields: object = {}) {
  return page.evaluate((asked) => window.harness.generate(asked.model, asked), request(content, fields));
}

type Report = Awaited<ReturnType<typeof ask>>;

export function tokensOf({ events }: Pick<Report, 'events'>): readonly number[] {
  return events.flatMap((event) => (event.type === 'token' ? (event.tokenIds ?? []) : []));
}

/** Log probabilities of the likeliest tokens in the first place of an answer, by the bytes that they stand for. */
export function firstLogprobs({ events }: Report): ReadonlyMap<string, number> {
  const first = events.find((event) => event.type === 'token');
  const top = first?.type === 'token' ? (first.logprobs?.content?.[0]?.top_logprobs ?? []) : [];
  return new Map(top.map(({ bytes, logprob }) => [String(bytes), logprob]));
}

/** Takes the GPU away from the worker, as a driver does. */
export async function loseDevice(page: Page): Promise<void> {
  await page.workers()[0]?.evaluate(() => globalThis.devicesInUse.at(-1)?.destroy());
}

/** How many devices the worker took, and how many of them are still there. */
export async function countDevices(
  page: Page,
): Promise<{ readonly taken: number; readonly alive: number } | undefined> {
  return page.workers()[0]?.evaluate(async () => {
    const gone = await Promise.all(
      globalThis.devicesInUse.map(({ lost }) =>
        Promise.race([lost, new Promise((resolve) => setTimeout(resolve, 50, null))]),
      ),
    );
    return { taken: gone.length, alive: gone.filter((info) => info === null).length };
  });
}

declare global {
  var devicesInUse: GPUDevice[];
}

/** Runs in the worker: it may use nothing from this file. */
function prepareWorker(backend: Backend): void {
  globalThis.devicesInUse = [];
  if (backend === 'wasm') {
    Object.defineProperty(navigator, 'gpu', { value: undefined });
    return;
  }
  const take = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...how) {
    const device = await take.apply(this, how);
    globalThis.devicesInUse.push(device);
    return device;
  };
}
