import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { ensureChromium } from '../../tools/chromium/find-chromium.ts';
import { buildPage } from '../browser/build-page.ts';
import type { BenchOptions } from '../command/bench-options.ts';
import type { BareRun, OwnRun, Question, Run } from '../engine-page/page-bench.ts';
import { startRelayProcess } from '../process/relay-process.ts';
import type { BenchResult } from '../report/report.ts';

import { type EngineRuns, engineRows } from './engine-rows.ts';
import { openPage } from './open-page.ts';
import { starterPackage } from './starter-package.ts';

const question: Question = { prompt: 'Tell me a long story about a lighthouse and the sea.', tokens: 64 };
const warmUp: Question = { ...question, tokens: 8 };

/** Tokens through Orilla beside a raw wllama in the same page, with the real starter model on WASM. */
export async function engineBench({ pairs, signal, log }: BenchOptions): Promise<BenchResult> {
  const chromium = await ensureChromium({ ...(signal && { signal }), ...(log && { log }) });
  const { pkg, mirrorFolder, fileUrl } = await starterPackage({ signal, log });
  await using open = new AsyncDisposableStack();
  const appFolder = await mkdtemp(join(tmpdir(), 'orilla-bench-page-'));
  open.defer(() => rm(appFolder, { recursive: true, force: true }));
  await buildPage('engine-page', appFolder);
  const relay = open.use(await startRelayProcess(configuration({ mirrorFolder, appFolder }), { signal }));
  const { page, ...browser } = await openPage(chromium, relay.origin);
  open.use(browser);
  // What waits for the page ends with it.
  signal?.addEventListener('abort', () => page.close(), { once: true });

  const loaded = await page.evaluate((description) => window.pageBench.open(description), pkg);
  if (loaded.backend !== 'wasm')
    throw new Error(`The engine took ${loaded.backend}, where this bench compares on WASM: nothing was measured.`);
  const peerName = `@wllama/wllama (wasm, ${loaded.threads} threads)`;
  await page.evaluate(([url, how]) => window.pageBench.openPeers(url, how), [fileUrl, loaded] as const);
  log?.(
    `${pairs} × ${question.tokens} tokens through Orilla and ${peerName}, in turn, ${pkg.contextLength} of context.`,
  );
  const runs = await measure(page, pairs);
  return { runs: pairs, rows: engineRows(runs, { peerName }), chromium: chromium.version };
}

async function measure(page: Page, pairs: number): Promise<EngineRuns> {
  const askOurs = (asked: Question) => page.evaluate((what) => window.pageBench.ask(what), asked);
  const askPeer = (asked: Question) => page.evaluate((what) => window.pageBench.askPeer(what), asked);
  const askBare = (asked: Question) => page.evaluate((what) => window.pageBench.askBare(what), asked);
  for (const ask of [askOurs, askPeer, askBare]) await ask(warmUp);
  const [ours, peers, bare]: [OwnRun[], Run[], BareRun[]] = [[], [], []];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(whole(await askOurs(question)));
    peers.push(whole(await askPeer(question)));
    bare.push(await askBare(question));
  }
  return { ours, peers, bare };
}

/** Both sides compute the same number of tokens, or their rates are not to be compared. */
function whole<Answer extends Run>(run: Answer): Answer {
  if (run.tokens === question.tokens) return run;
  throw new Error(`An answer ended after ${run.tokens} of ${question.tokens} tokens.`);
}

function configuration(folders: { readonly mirrorFolder: string; readonly appFolder: string }): string {
  // A JSON string is a YAML string, whatever stands in the path.
  return `mirror:
  folder: ${JSON.stringify(folders.mirrorFolder)}
app:
  folder: ${JSON.stringify(folders.appFolder)}
`;
}
