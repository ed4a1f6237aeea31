import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MirrorServer, startMirrorServer } from '../../test/fixtures/worker-page/mirror-server.ts';
import { type Chromium, ensureChromium } from '../../tools/chromium/find-chromium.ts';
import { buildPage } from '../browser/build-page.ts';
import type { BenchOptions } from '../command/bench-options.ts';
import { behaviourRows } from '../engine-behaviour/behaviour-rows.ts';
import { type EnsuredPeers, ensurePeers } from '../peers/ensure-peers.ts';
import { peerModules, peerWasmFolder } from '../peers/peer-modules.ts';
import { startRelayProcess } from '../process/relay-process.ts';
import type { EngineRate } from '../report/engine-rate.ts';
import type { BenchResult } from '../report/report.ts';
import type { Row } from '../report/row.ts';
import { type BenchAdapter, findAdapter } from './bench-adapter.ts';
import { adapterNames, asksForBehaviour, type EngineCase, engineCases, isAskedFor, rowIds } from './engine-case.ts';
import { ensureModels, type ModelsOfBench } from './engine-models.ts';
import { engineRate, engineRows } from './engine-rows.ts';
import { measureCase } from './measure-case.ts';
import { openBrowser } from './open-browser.ts';

/** Of one case; first compilations of shaders take tens of seconds, and what takes this long hangs. */
const caseTimeoutMs = 400_000;

/** The engines beside the libraries that they are made of, and beside Transformers.js, on every adapter that there is. */
export async function engineBench(options: BenchOptions): Promise<BenchResult> {
  const { pairs, only, signal, log } = options;
  const chromium = await ensureChromium({ ...(signal && { signal }), ...(log && { log }) });
  const measured: Measured = { rows: [], engines: [], notMeasured: [] };
  await measureRates(chromium, { ...options, measured });
  if (asksForBehaviour(only)) {
    const onFailure = (what: string, error: unknown) => tellFailure(what, error, { measured, log });
    try {
      measured.rows.push(...(await behaviourRows({ ...options, onFailure })));
    } catch (error) {
      signal?.throwIfAborted();
      onFailure('how the engines behave', error);
    }
  }
  const { rows, engines, notMeasured } = measured;
  return {
    runs: pairs,
    rows: only === undefined ? rows : rows.filter(({ id }) => id.startsWith(only)),
    engines,
    ...(notMeasured.length > 0 && { notMeasured }),
    chromium: chromium.version,
    adapter: [...new Set(engines.map(({ adapter }) => adapter))].join(' + '),
  };
}

interface RatesOptions extends BenchOptions {
  readonly measured: Measured;
}

async function measureRates(chromium: Chromium, options: RatesOptions): Promise<void> {
  const { pairs, only, signal, log, measured } = options;
  const cases = engineCases.filter((one) => isAskedFor(one, only));
  if (cases.length === 0) return;
  await using open = new AsyncDisposableStack();
  const scene = open.use(await setScene(cases, { signal, log }));
  for (const name of adapterNames) {
    const here = cases.filter(({ adapter }) => adapter === name);
    if (here.length === 0) continue;
    const adapter = await findAdapter(name, chromium, { signal, log });
    if ('notRun' in adapter) log?.(`NOT RUN on ${name}: ${adapter.notRun}.`);
    else await measureOn(adapter, here, { scene, measured, pairs, signal, log });
  }
}

interface Measured {
  readonly rows: Row[];
  readonly engines: EngineRate[];
  readonly notMeasured: string[];
}

interface MeasureOptions extends Pick<BenchOptions, 'pairs' | 'signal' | 'log'> {
  readonly scene: Scene;
  readonly measured: Measured;
}

/** One page after another in one browser. A case that fails is told, and the others are measured all the same. */
async function measureOn(adapter: BenchAdapter, cases: readonly EngineCase[], options: MeasureOptions): Promise<void> {
  const { scene, measured, pairs, signal, log } = options;
  await using browser = await openBrowser(adapter, { signal });
  for (const one of cases) {
    const model = scene.models.models[one.model];
    const names = rowIds(one).join(', ');
    if ('notRun' in model) {
      log?.(`NOT RUN: ${names}: ${model.notRun}.`);
      continue;
    }
    log?.(`${adapter.title}: ${names}, ${one.model}.`);
    try {
      await using page = await browser.openPage(scene.origin);
      const close = () => void page.close().catch(() => undefined); // it may be gone already
      const late = setTimeout(close, caseTimeoutMs);
      using _ = { [Symbol.dispose]: () => clearTimeout(late) };
      const peerNotRun = one.peer === 'transformers' && 'notRun' in scene.peers ? scene.peers.notRun : undefined;
      const runs = await measureCase(page, one, { pairs, model, mirrorUrl: scene.mirror.url, peerNotRun, log });
      measured.rows.push(...engineRows(one, runs, { adapter: adapter.title }));
      measured.engines.push(engineRate(one, runs, { adapter: adapter.title }));
    } catch (error) {
      signal?.throwIfAborted();
      tellFailure(`${names}, on ${adapter.title}`, error, { measured, log });
    }
  }
}

function tellFailure(what: string, error: unknown, { measured, log }: Pick<MeasureOptions, 'measured' | 'log'>): void {
  const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
  measured.notMeasured.push(`${what}: ${reason}`);
  log?.(`  failed: ${reason}`);
}

interface Scene extends AsyncDisposable {
  /** The page's, as the relay serves apps. */
  readonly origin: string;
  readonly models: ModelsOfBench;
  readonly mirror: MirrorServer;
  readonly peers: EnsuredPeers;
}

async function setScene(
  cases: readonly EngineCase[],
  { signal, log }: Pick<BenchOptions, 'signal' | 'log'>,
): Promise<Scene> {
  const models = await ensureModels(new Set(cases.map(({ model }) => model)), { signal, log });
  const peers = await ensurePeers({ signal, log });
  await using open = new AsyncDisposableStack();
  const mirror = open.use(await startMirrorServer({ files: models.served }));
  const folder = await mkdtemp(join(tmpdir(), 'orilla-bench-page-'));
  open.defer(() => rm(folder, { recursive: true, force: true }));
  await buildPage('engine-page', folder, { plugins: [peerModules(peers)] });
  if ('path' in peers) await putPeerWasm(peerWasmFolder(peers), join(folder, 'peer-ort'));
  // A JSON string is a YAML string, whatever stands in the path.
  const app = `app:\n  folder: ${JSON.stringify(folder)}\n  connect: [${JSON.stringify(mirror.url.slice(0, -1))}]\n`;
  const relay = open.use(await startRelayProcess(app, { signal }));
  const kept = open.move();
  return { origin: relay.origin, models, mirror, peers, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Its onnxruntime would be fetched from a public server otherwise. */
async function putPeerWasm(from: string, to: string): Promise<void> {
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => /^ort-wasm-simd-threaded.*\.(wasm|mjs)$/.test(name));
  for (const name of names) await copyFile(join(from, name), join(to, name));
}
