import type { MLCEngineConfig, MLCEngineInterface } from '@mlc-ai/web-llm';
import { abortReason } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';
import { wasUnloaded } from '../answer/answer-errors.ts';
import { badPackage } from '../package/read-package.ts';
import { type DeviceMaker, withDevicesTaken } from './device-taking.ts';
import { computeError, loadError, noMemory } from './engine-errors.ts';
import { kvTruncation } from './kv-truncation.ts';
import type { PreparedDevice } from './prepared-device.ts';
import { type SeenDevice, seenDevice } from './seen-device.ts';
import { addressOf, type ServeOptions, withServedFiles } from './served-files.ts';
import { skipSampling } from './skip-sampling.ts';

/** What is used of WebLLM's engine. */
export type Mlc = Pick<MLCEngineInterface, 'reload' | 'unload' | 'resetChat' | 'forwardTokensAndSample' | 'getMessage'>;
export type MakeMlc = (config: MLCEngineConfig) => Promise<Mlc>;

/** A model on the GPU, which takes tokens and gives what may come next. One caller at a time. */
export interface TokenModel {
  /** Rejects with `engine.device-lost` once the GPU is gone. */
  readonly lost: Promise<never>;
  /**
   * Computes tokens behind those that it holds, at least one and at most a chunk of them, and gives a logit for each token of the
   * vocabulary. @throws OrillaError `engine.device-lost`, `engine.crashed`; `engine.failed` when it is closed
   */
  forward(ids: readonly number[]): Promise<Float32Array>;
  /** Forgets all tokens. @throws as `forward` */
  reset(): Promise<void>;
  /** Forgets the last tokens; absent where this model can't. @throws as `forward` */
  readonly drop?: (tokens: number) => Promise<void>;
  /** Frees its memory, after what is being computed. May be called more than once. */
  close(): Promise<void>;
}

export interface OpenWebllmOptions {
  readonly library: string;
  readonly contextLength: number;
  readonly signal: AbortSignal;
  /** Where the library's shaders are made already. */
  readonly prepared?: PreparedDevice | null;
  readonly makeMlc?: MakeMlc;
  readonly caches?: ServeOptions['caches'];
  readonly deviceMaker?: DeviceMaker;
}

const modelId = 'model';

/**
 * What WebLLM itself samples with where it can't be kept from it. Nobody takes what it samples, but it refuses to without these; with so
 * little of the nucleus it is always the likeliest token, which is always there.
 */
const sampling = { temperature: 1, top_p: 0.01, repetition_penalty: 1, frequency_penalty: 0, presence_penalty: 0 };

/**
 * Opens a model from verified files, with no request to anywhere. Of WebLLM it takes what computes: tokens in, logits out. Its chat and
 * completions ignore fields, stop for all requests at once, and know no token ids; so prompts, sampling, grammars and stops are ours.
 * @throws OrillaError `engine.load-failed`, `engine.out-of-memory`; AbortError
 */
export async function openWebllm(files: ReadonlyMap<string, Blob>, options: OpenWebllmOptions): Promise<TokenModel> {
  const { library, contextLength, signal, prepared = null, makeMlc = makeRealMlc } = options;
  const { caches = globalThis.caches, deviceMaker = GPUAdapter.prototype } = options;
  signal.throwIfAborted();
  const logits = new LogitTap();
  const mlc = await makeMlc({
    logLevel: 'SILENT',
    logitProcessorRegistry: new Map([[modelId, logits]]),
    appConfig: {
      // The Cache API, whose three names are served from the store. The library is found there too: a blob: address would ask
      // of the page's Content-Security-Policy what nothing else here does.
      cacheBackend: 'cache',
      model_list: [{ model_id: modelId, model: addressOf(''), model_lib: addressOf(library) }],
    },
  });
  let device: SeenDevice | null = null;
  const onAbort = () => device?.destroy(); // what WebLLM still waits for then fails at once
  signal.addEventListener('abort', onAbort);
  const take = async (make: () => Promise<GPUDevice>) => {
    const taken = prepared?.take() ?? (await make());
    device = seenDevice(taken);
    if (signal.aborted) device.destroy();
    return taken;
  };
  const settings = { ...sampling, context_window_size: contextLength, sliding_window_size: -1 };
  try {
    await withServedFiles(files, { caches, signal }, () =>
      withDevicesTaken(deviceMaker, take, () => mlc.reload(modelId, settings)),
    );
    signal.throwIfAborted();
    // It swallows an AbortError of whatever kind, and is then as if it had loaded; asked for anything it says whether it has.
    await mlc.getMessage();
  } catch (error) {
    const isLost = isGone(device);
    await discard(mlc, device);
    if (signal.aborted) throw abortReason(signal);
    throw isLost ? noMemory(error) : loadError(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
    prepared?.forget();
  }
  if (device) return new MlcModel(mlc, device, logits);
  await discard(mlc, null);
  throw badPackage('WebLLM opened it without a GPU');
}

/** TypeScript takes a variable that only a callback sets for what it was set to before. */
function isGone(device: SeenDevice | null): boolean {
  return device?.isLost ?? false;
}

async function makeRealMlc(config: MLCEngineConfig): Promise<Mlc> {
  const { MLCEngine } = await loadCode(() => import('@mlc-ai/web-llm'));
  return new MLCEngine(config);
}

/** Frees what a load or a model has taken. On a lost device there is nothing left to free, and WebLLM fails at it. */
async function discard(mlc: Mlc, device: SeenDevice | null): Promise<void> {
  const isFreed = mlc.unload().catch(() => undefined);
  await (device ? Promise.race([isFreed, device.lost.catch(() => undefined)]) : isFreed);
  device?.destroy();
}

/** The logits of each step. WebLLM hands them over on the way to its own sampler, where it samples. */
class LogitTap {
  latest: Float32Array | null = null;

  processLogits(logits: Float32Array): Float32Array {
    this.latest = logits;
    return logits;
  }

  processSampledToken(_token: number): void {
    // What WebLLM sampled is nobody's concern.
  }

  resetState(): void {
    this.latest = null;
  }
}

class MlcModel implements TokenModel {
  readonly lost: Promise<never>;
  readonly drop?: (tokens: number) => Promise<void>;
  readonly #mlc: Mlc;
  readonly #device: SeenDevice;
  readonly #logits: LogitTap;
  #running: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | null = null;

  constructor(mlc: Mlc, device: SeenDevice, logits: LogitTap) {
    this.#mlc = mlc;
    this.#device = device;
    this.#logits = logits;
    this.lost = device.lost;
    skipSampling(mlc, modelId, (read) => {
      logits.latest = read;
    });
    const dropTokens = kvTruncation(mlc, modelId);
    if (dropTokens) this.drop = (tokens) => this.#run(async () => dropTokens(tokens));
  }

  async forward(ids: readonly number[]): Promise<Float32Array> {
    await this.#run(() => this.#mlc.forwardTokensAndSample([...ids], ids.length > 1, modelId));
    const { latest } = this.#logits;
    if (latest) return latest;
    throw await computeError(new Error('WebLLM gave no logits'), this.lost);
  }

  async reset(): Promise<void> {
    await this.#run(() => this.#mlc.resetChat(false, modelId));
  }

  close(): Promise<void> {
    // Freed under a running step, WebLLM would be unusable ever after.
    this.#closed ??= Promise.race([this.#running, this.lost]).then(
      () => discard(this.#mlc, this.#device),
      () => discard(this.#mlc, this.#device),
    );
    return this.#closed;
  }

  async #run(step: () => Promise<unknown>): Promise<void> {
    if (this.#closed) throw wasUnloaded();
    if (this.#device.isLost) await this.lost;
    const running = step();
    this.#running = running.catch(() => undefined); // told below
    try {
      await Promise.race([running, this.lost]);
    } catch (error) {
      throw await computeError(error, this.lost);
    }
  }
}
