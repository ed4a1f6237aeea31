import type { BrowserContext, Page } from '@playwright/test';
import type {} from '../weights-page/page-bench.ts';
import type { SideName, Weights } from '../weights-page/weights.ts';

/** The bench's page. Its sides run from the start, so that starting them is not what is measured. */
export interface WeightsPage extends AsyncDisposable {
  /** @returns milliseconds */
  download(side: SideName): Promise<number>;
  /** @returns milliseconds */
  open(side: SideName): Promise<number>;
  empty(side: SideName): Promise<void>;
  /** SHA-256 of every chunk alone. @returns milliseconds */
  hash(): Promise<number>;
}

/** Some libraries wait for ever for what does not come. */
const maxCallMs = 120_000;

export interface OpenWeightsPageOptions {
  readonly origin: string;
  readonly weights: Weights;
  readonly sides: readonly SideName[];
}

export async function openWeightsPage(
  context: BrowserContext,
  { origin, weights, sides }: OpenWeightsPageOptions,
): Promise<WeightsPage> {
  const page = await context.newPage();
  try {
    await page.goto(origin);
    await page.waitForFunction(() => 'weightsBench' in window);
    for (const side of sides) await closeIfLate(page, start(page, side, weights));
  } catch (error) {
    await page.close();
    throw error;
  }
  const inTime = <T>(work: Promise<T>) => closeIfLate(page, work);
  return {
    download: (side) => inTime(page.evaluate((name) => window.weightsBench.download(name), side)),
    open: (side) => inTime(page.evaluate((name) => window.weightsBench.open(name), side)),
    empty: (side) => inTime(page.evaluate((name) => window.weightsBench.empty(name), side)),
    hash: () => inTime(page.evaluate((what) => window.weightsBench.hash(what), weights)),
    [Symbol.asyncDispose]: () => page.close(),
  };
}

function start(page: Page, side: SideName, weights: Weights): Promise<void> {
  return page.evaluate(([name, what]) => window.weightsBench.start(name, what), [side, weights] as const);
}

async function closeIfLate<T>(page: Page, work: Promise<T>): Promise<T> {
  const late = setTimeout(() => page.close(), maxCallMs);
  try {
    return await work;
  } finally {
    clearTimeout(late);
  }
}
