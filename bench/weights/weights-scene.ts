import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chromium, ensureChromium } from '../../tools/chromium/find-chromium.ts';
import { buildPage } from '../browser/build-page.ts';
import { type OpenProfile, openProfile } from '../browser/open-profile.ts';
import { startChild } from '../process/bench-child.ts';
import type { SideName, Weights } from '../weights-page/weights.ts';
import { exposeWebRuntime } from './expose-web-runtime.ts';
import { openWeightsPage, type WeightsPage } from './open-weights-page.ts';
import type { ServerAnswer, ServerQuestion, WeightsServerChild } from './server/server-messages.ts';

/** What all of the bench happens with. */
export interface WeightsScene extends AsyncDisposable {
  readonly chromium: Chromium;
  readonly weights: Weights;
  /** Of the server, one question at a time. */
  ask(question: ServerQuestion): Promise<ServerAnswer>;
  /** A browser with a new profile. */
  openProfile(): Promise<OpenProfile>;
  openPage(profile: OpenProfile, sides: readonly SideName[]): Promise<WeightsPage>;
}

export interface WeightsSceneOptions {
  /** Of the package. */
  readonly bytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

export async function setWeightsScene({ bytes, signal, log }: WeightsSceneOptions): Promise<WeightsScene> {
  const chromium = await ensureChromium({ ...(signal && { signal }), ...(log && { log }) });
  await using open = new AsyncDisposableStack();
  const appFolder = await mkdtemp(join(tmpdir(), 'orilla-bench-page-'));
  open.defer(() => rm(appFolder, { recursive: true, force: true }));
  await buildPage('weights-page', appFolder, { plugins: [exposeWebRuntime()] });
  const server: WeightsServerChild = open.use(
    await startChild(new URL('./server/main.ts', import.meta.url), { args: [String(bytes), appFolder], signal }),
  );
  const { origin, weights } = server.ready;
  const kept = open.move();
  return {
    chromium,
    weights,
    ask: (question) => server.ask(question, signal ? { signal } : {}),
    openProfile: () => openProfile(chromium, { signal }),
    openPage: ({ context }, sides) => openWeightsPage(context, { origin, weights, sides }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
