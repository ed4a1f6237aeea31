import type {
  ArrivingFiles,
  Backend,
  ChatRequest,
  DeviceFacts,
  EmbeddingRequest,
  EmbeddingResponse,
  Engine,
  EngineCapabilities,
  EngineLoadOptions,
  GenerateOptions,
  LoadedModel,
  ModelManifest,
  TokenEvent,
  WeightFiles,
} from '@orilla/contract';
import type { CompileTokenMask } from '../../text/grammar/compile-token-mask.ts';
import { notOpen } from '../answer/answer-errors.ts';
import { compileMaskLater } from '../answer/compile-mask-later.ts';
import { otherTask } from '../request/embedding-fields.ts';
import { answerOf } from './answer-of.ts';
import { type EmbeddingModel, openEmbeddingModel } from './embedding/embedding-model.ts';
import { loadError } from './engine-errors.ts';
import { endTokensOf, type ModelConfig, readModelConfig } from './model-config.ts';
import { onnxBackend, onnxFeatures, parallelAnswers } from './onnx-support.ts';
import { openCausalModel } from './open-causal-model.ts';
import type { OpenSessionOptions, OrtSession } from './open-session.ts';
import { onnxFiles, readModelText } from './package-files.ts';
import { PrefixCache } from './prefix-cache.ts';
import { Preparation } from './preparation.ts';
import type { OpenModel } from './prompt-run.ts';

/** The device, as far as this engine depends on it. */
export interface OnnxDevice {
  readonly webgpu: DeviceFacts['webgpu'];
  /** The same as long as the worker lives: onnxruntime takes it once. */
  readonly threads: () => Promise<number>;
}

export interface OnnxEngineOptions extends Pick<OpenSessionOptions, 'loadOrt' | 'gpu'> {
  readonly compileMask?: CompileTokenMask;
}

/** Conversations whose computed beginnings stay: those that are answered at the same time, and one beside them. */
const keptConversations = parallelAnswers + 1;

/** onnxruntime-web with a generation loop of our own: on WebGPU where there is an adapter, else on the CPU. */
export class OnnxEngine implements Engine {
  readonly name = 'onnx';
  readonly capabilities: EngineCapabilities = {
    features: onnxFeatures,
    givesTokenIds: true,
    takesTokenIds: false,
    parallelRequests: parallelAnswers,
  };
  readonly #device: OnnxDevice;
  readonly #sessionOptions: Pick<OpenSessionOptions, 'loadOrt' | 'gpu'>;
  readonly #compileMask: CompileTokenMask;
  #open: OpenModel | null = null;
  #encoder: EmbeddingModel | null = null;
  #preparation: Preparation | null = null;

  constructor(device: OnnxDevice, { compileMask = compileMaskLater, ...sessionOptions }: OnnxEngineOptions = {}) {
    this.#device = device;
    this.#compileMask = compileMask;
    this.#sessionOptions = sessionOptions;
  }

  get isOpen(): boolean {
    return this.#session?.isOpen ?? false;
  }

  async prepare(manifest: ModelManifest, files: ArrivingFiles, { signal }: EngineLoadOptions): Promise<void> {
    // On the CPU it would begin with threads that it keeps, and which are timed once nothing is downloaded.
    if (this.#backendFor(manifest) !== 'webgpu') return;
    this.#preparation = new Preparation(manifest, files, this.#sessionOptions);
    await this.#preparation.wait({ signal });
  }

  async load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel> {
    const { signal } = options;
    await this.#close();
    const preparation = this.#preparation;
    this.#preparation = null;
    const device = (await preparation?.take({ signal })) ?? null;
    const backend = this.#backendFor(manifest);
    try {
      const config = await readModelConfig(weights);
      const files = onnxFiles(manifest, weights);
      const opening = {
        ...this.#sessionOptions,
        backend,
        threads: backend === 'webgpu' ? 1 : await this.#device.threads(),
        device,
        signal,
      };
      const contextLength = contextOf(config, options.contextLength);
      if (config.kind === 'encoder') {
        this.#encoder = await openEmbeddingModel(files, weights, { ...opening, contextLength });
        return this.#loaded(this.#encoder.session, { threads: opening.threads, contextLength });
      }
      const text = await readModelText(weights);
      const model = await openCausalModel(files, opening);
      this.#open = {
        model,
        text,
        endTokenIds: endTokensOf(config, text),
        contextLength,
        compileMask: this.#compileMask,
        prefixes: new PrefixCache({ most: keptConversations }),
      };
      return this.#loaded(model.session, { threads: opening.threads, contextLength });
    } catch (error) {
      device?.destroy();
      throw loadError(error);
    }
  }

  async *generate(request: ChatRequest, options: GenerateOptions): AsyncGenerator<TokenEvent, void, undefined> {
    options.signal.throwIfAborted();
    const open = this.#open;
    if (!open) throw this.#encoder ? otherTask('is made for embeddings, and writes no answers') : notOpen();
    yield* answerOf(open, request, { ...options, features: this.capabilities.features });
  }

  async embed(request: EmbeddingRequest, options: { readonly signal: AbortSignal }): Promise<EmbeddingResponse> {
    options.signal.throwIfAborted();
    if (!this.#encoder) throw this.#open ? otherTask('writes answers, and makes no embeddings') : notOpen();
    return this.#encoder.embed(request, options);
  }

  async unload(): Promise<void> {
    const preparation = this.#preparation;
    this.#preparation = null;
    await Promise.all([preparation?.end(), this.#close()]);
  }

  async #close(): Promise<void> {
    const session = this.#session;
    this.#open?.prefixes.clear();
    this.#open = null;
    this.#encoder = null;
    await session?.release();
  }

  get #session(): OrtSession | undefined {
    return this.#open?.model.session ?? this.#encoder?.session;
  }

  #loaded(
    { backend }: OrtSession,
    { threads, contextLength }: Pick<LoadedModel, 'threads' | 'contextLength'>,
  ): LoadedModel {
    return { engine: this.name, backend, contextLength, threads: backend === 'webgpu' ? 1 : threads };
  }

  /** What an adapter lacks that the package asks for, the CPU has. */
  #backendFor({ requires }: ModelManifest): Backend {
    const { webgpu } = this.#device;
    const lacks = (requires?.features ?? []).some((feature) => !webgpu?.features.includes(feature));
    return lacks ? 'wasm' : onnxBackend(webgpu);
  }
}

function contextOf({ contextLength }: ModelConfig, asked: number): number {
  return contextLength === null ? asked : Math.min(asked, contextLength);
}
