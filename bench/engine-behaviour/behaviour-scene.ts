import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type MirrorServer, startMirrorServer } from '../../test/fixtures/worker-page/mirror-server.ts';
import { servePage } from '../../test/fixtures/worker-page/serve-page.ts';
import { type Chromium, ensureChromium } from '../../tools/chromium/find-chromium.ts';
import type {} from '../behaviour-page/behaviour-page.ts';
import { type OpenProfile, openProfile } from '../browser/open-profile.ts';
import { smolLm2Onnx } from '../engine/engine-models.ts';
import { ensurePeers } from '../peers/ensure-peers.ts';
import { peerModules, peerWasmFolder } from '../peers/peer-modules.ts';
import { type EnsureOptions, ensureSubjects, largeOnnx, type Subject } from './subjects.ts';

/** Of Transformers.js's onnxruntime, which runs on either backend; it would take it from a public server. */
const peerWasm = 'ort-wasm-simd-threaded.asyncify.wasm';
const peerWasmPath = `hub/${peerWasm}`;

/** Of one side; what takes this long, on a machine that does nothing else, hangs. */
const pageTimeoutMs = 300_000;

/** What all of this happens with. */
export interface BehaviourScene extends AsyncDisposable {
  readonly chromium: Chromium;
  readonly subjects: readonly Subject[];
  /** Serves the models. */
  readonly mirror: MirrorServer;
  /** A browser of its own, with the bench's page in it. */
  openPage(): Promise<OpenedPage>;
}

export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  readonly browser: OpenProfile['browser'];
}

export async function setBehaviourScene({ signal, log }: EnsureOptions): Promise<BehaviourScene> {
  const chromium = await ensureChromium({ ...(signal && { signal }), ...(log && { log }) });
  const { subjects: small, served } = await ensureSubjects({ signal, log });
  const { model: large, files: largeFiles } = await smolLm2Onnx({ signal, log });
  if ('notRun' in large) log?.(`NOT RUN: onnx with a large model, since ${large.notRun}.`);
  const subjects = 'notRun' in large ? small : [...small, largeOnnx(large)];
  const peers = await ensurePeers({ signal, log });
  const wasm = 'path' in peers ? { [peerWasmPath]: join(peerWasmFolder(peers), peerWasm) } : {};
  await using open = new AsyncDisposableStack();
  const mirror = open.use(await startMirrorServer({ files: { ...served, ...largeFiles, ...wasm } }));
  // Isolated, as a page is that uses threads.
  const root = join(import.meta.dirname, '..', 'behaviour-page');
  const outside = 'path' in peers ? peers.path : undefined;
  const { url } = open.use(await servePage({ isolated: true, root, plugins: [peerModules(peers)], outside }));
  const kept = open.move();
  return {
    chromium,
    subjects,
    mirror,
    openPage: () => openPage(chromium, { url, signal }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function openPage(
  chromium: Chromium,
  { url, signal }: { readonly url: string; readonly signal: AbortSignal | undefined },
): Promise<OpenedPage> {
  await using open = new AsyncDisposableStack();
  const profile = open.use(await openProfile(chromium, { signal }));
  const page = await profile.context.newPage();
  // What waits for a page that hangs ends with it.
  const late = setTimeout(() => page.close(), pageTimeoutMs);
  open.defer(() => clearTimeout(late));
  await page.goto(url);
  await page.waitForFunction(() => 'behaviourBench' in window);
  const kept = open.move();
  return { page, browser: profile.browser, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
