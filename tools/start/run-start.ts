import { resolve } from 'node:path';
import { ensurePackage } from '@orilla/cli';
import { embeddedLauncher } from '@orilla/embedded';
import { formatProblem, loadConfig, type RelayConfig, startRelay } from '@orilla/relay';
import { cacheFolder } from '../cache/cache-folder.ts';
import type { ModelSource } from '../model/model-source.ts';
import { ensureStarterModel, starterModel } from '../model/starter-model.ts';
import { askVllm } from './ask-vllm.ts';
import { banner } from './banner.ts';
import { checkPort } from './check-port.ts';
import { ensureApp, findApp } from './ensure-app.ts';
import type { StartArguments, VllmArguments } from './start-arguments.ts';
import { completeConfig, startConfig } from './start-config.ts';
import { createStartLog } from './start-log.ts';
import { starter } from './starter.ts';

export interface RunStartOptions {
  /** The repository's root. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Ends it, whatever it is doing. */
  readonly signal: AbortSignal;
  /** Milliseconds since the process began. */
  readonly elapsedMs: () => number;
}

const defaultPort = 8_787;

/** Brings what is missing, serves until `signal` aborts, then ends everything. @throws Error that says what to do; AbortError before it listens */
export async function runStart(args: StartArguments, options: RunStartOptions): Promise<void> {
  const { print, complain, signal, elapsedMs } = options;
  const config = await prepare(args, options);
  const relay = await startRelay(config, {
    logger: createStartLog(complain),
    launchers: { embedded: embeddedLauncher },
    signal,
  });
  const { host, port } = relay.address;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  print(`Orilla listens on ${url} after ${seconds(elapsedMs())}.`);
  print(banner(url, config));
  try {
    await relay.ready;
    if (!signal.aborted) print(`Ready after ${seconds(elapsedMs())}. ^C ends it.`);
  } catch (error) {
    // The relay goes on trying, and serves everything else meanwhile.
    if (!signal.aborted) complain(error instanceof Error ? error.message : String(error));
  }
  await aborted(signal);
  await relay.close();
  print('Ended.');
}

/** Everything that has to be there before the relay can listen, at the same time where one doesn't need the other. */
async function prepare(args: StartArguments, options: RunStartOptions): Promise<RelayConfig> {
  const { root, env, print, signal } = options;
  const own = args.config === undefined ? undefined : await readConfig(args.config, options);
  const listen = own?.listen ?? { host: '127.0.0.1', port: defaultPort };
  await checkPort(listen.host, args.port ?? listen.port);
  // A vLLM that isn't there is told before anything is downloaded.
  const vllm = args.vllm && (await findVllm(args.vllm, options));
  const mirrorFolder = cacheFolder(['mirror'], { env });
  const [modelPath, appFolder] = await Promise.all([
    bringModel(args.modelUrl, mirrorFolder, options),
    args.app ? (args.build ? ensureApp({ root, signal, log: print }) : findApp(root)) : undefined,
  ]);
  signal.throwIfAborted();
  if (own) return completeConfig(own, { port: args.port, mirrorFolder, appFolder });
  return startConfig({ modelPath, port: args.port ?? defaultPort, mirrorFolder, appFolder, vllm });
}

/** Brings the starter model and its package for the mirror, and gives the model's path. */
async function bringModel(
  modelUrl: URL | undefined,
  folder: string,
  { env, print, signal }: RunStartOptions,
): Promise<string> {
  const model = await ensureStarterModel({
    signal,
    log: print,
    folder: cacheFolder(['models'], { env }),
    ...(modelUrl && { sources: [sourceAt(modelUrl)] }),
  });
  const { packageId: id, license, contextLength } = starter;
  await ensurePackage({
    path: model.path,
    sha256: model.sha256,
    id,
    license,
    contextLength,
    folder,
    signal,
    log: print,
  });
  return model.path;
}

function sourceAt(url: URL): ModelSource {
  const { bytes, sha256 } = starterModel;
  return { name: url.host, locate: async () => ({ url: url.href, bytes, sha256 }) };
}

async function readConfig(file: string, { root, env, signal }: RunStartOptions): Promise<RelayConfig> {
  // npm runs scripts in the repository's root and says where it was called from.
  const { config, problems } = await loadConfig(resolve(env.INIT_CWD ?? root, file), { env, signal });
  if (config) return config;
  throw new Error(problems.map(formatProblem).join('\n'));
}

async function findVllm(vllm: VllmArguments, { env, signal }: RunStartOptions) {
  const apiKey = vllm.keyEnv === undefined ? undefined : env[vllm.keyEnv];
  if (vllm.keyEnv !== undefined && !apiKey)
    throw new Error(`The environment variable ${vllm.keyEnv} is not set, or empty. Put the vLLM's key there.`);
  return { ...(await askVllm(vllm, { apiKey, signal })), url: vllm.url, zone: vllm.zone, apiKey };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
