import type { LoadResult } from '@orilla/contract';
import type { Page } from '@playwright/test';
import type { BareRun, OwnRun, PeerModel, Question, Run } from '../engine-page/page-bench.ts';
import type { EngineCase } from './engine-case.ts';
import type { ModelOfBench } from './engine-models.ts';
import { questionOf } from './question.ts';

/** What was measured in the page, in turn. */
export interface CaseRuns {
  readonly loaded: LoadResult;
  readonly ours: readonly OwnRun[];
  /** Of the library alone; `notRun` where it could not be had. */
  readonly peer: { readonly title: string; readonly runs: readonly Run[] | { readonly notRun: string } };
  /** In a worker that sends one message a token; none where that is not measured. */
  readonly bare: readonly BareRun[];
}

export interface MeasureCaseOptions {
  readonly pairs: number;
  readonly model: ModelOfBench;
  readonly mirrorUrl: string;
  /** Why the peer can't be had, where it can't. */
  readonly peerNotRun?: string | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/** Questions that may be asked for each pair: some answers end early, or begin with a part of a character. */
const maxQuestions = 12;

/**
 * Measures ours and its peer in turn, with the same questions.
 * @throws Error where something else computed than was to be measured
 */
export async function measureCase(page: Page, one: EngineCase, options: MeasureCaseOptions): Promise<CaseRuns> {
  const { pairs, model, mirrorUrl, peerNotRun, log } = options;
  const loaded = await page.evaluate((pkg) => window.pageBench.open(pkg), model.made.describe(mirrorUrl));
  demandPath(one, loaded);
  const { backend, contextLength, threads } = loaded;
  const asked: PeerModel = { peer: one.peer, backend, contextLength, threads, url: `${mirrorUrl}${model.peerPath}` };
  const title =
    peerNotRun === undefined ? await page.evaluate((what) => window.pageBench.openPeer(what), asked) : one.peer;
  if (one.measuresGaps) await page.evaluate((what) => window.pageBench.openBare(what), asked);
  const questions = askedQuestions(one);
  const sides = sidesOf(page);
  const hasPeer = peerNotRun === undefined;
  log?.(
    `  ${pairs} × ${one.tokens} tokens through Orilla${hasPeer ? ` and ${title}` : ''}, in turn (${pathText(loaded)}).`,
  );
  await sides.ours(questions());
  if (hasPeer) await sides.peer(questions());
  if (one.measuresGaps) await sides.bare(questions());

  const [ours, runs, bare]: [OwnRun[], Run[], BareRun[]] = [[], [], []];
  for (let tries = 0; ours.length < pairs; tries += 1) {
    if (tries === maxQuestions * pairs) throw new Error('Too few of its answers are as long as they were to be.');
    const question = questions();
    const own = await sides.ours(question);
    if (!isWhole(own, question)) continue;
    if (hasPeer) {
      const run = await sides.peer(question);
      // Adapters round differently, and greedy answers then part ways.
      if (run.tokens !== own.tokens) continue;
      runs.push(run);
    }
    ours.push(own);
    if (one.measuresGaps) bare.push(await sides.bare(question));
  }
  return { loaded, ours, peer: { title, runs: hasPeer ? runs : { notRun: peerNotRun } }, bare };
}

function sidesOf(page: Page) {
  return {
    ours: (question: Question) => page.evaluate((what) => window.pageBench.ask(what), question),
    peer: (question: Question) => page.evaluate((what) => window.pageBench.askPeer(what), question),
    bare: (question: Question) => page.evaluate((what) => window.pageBench.askBare(what), question),
  };
}

function askedQuestions(size: Pick<EngineCase, 'words' | 'tokens'>): () => Question {
  let number = 0;
  return () => questionOf(number++, size);
}

/** Both sides compute the same number of tokens and tell the first one alike, or their rates are not to be compared. */
function isWhole({ tokens, beginsWithWholeToken }: OwnRun, question: Question): boolean {
  return tokens === question.tokens && beginsWithWholeToken;
}

/** @throws Error where it is not the engine and backend, with all layers, that was to be measured */
export function demandPath({ engine, backend }: Pick<EngineCase, 'engine' | 'backend'>, loaded: LoadResult): void {
  const { gpuLayers } = loaded;
  const hasAll = engine !== 'llamacpp' || backend === 'wasm' || (gpuLayers && gpuLayers.offloaded === gpuLayers.total);
  if (loaded.engine === engine && loaded.backend === backend && hasAll) return;
  throw new Error(`${engine} on ${backend} was to be measured, and it took ${loaded.engine}, ${pathText(loaded)}.`);
}

/** With what it computes, for people. */
export function pathText({ backend, threads, gpuLayers }: LoadResult): string {
  if (backend === 'wasm') return `wasm, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return gpuLayers ? `webgpu, ${gpuLayers.offloaded}/${gpuLayers.total} layers` : 'webgpu';
}
