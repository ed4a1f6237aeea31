import {
  type Backend,
  type ChatRequest,
  type DeviceFacts,
  type Engine,
  type EngineCapabilities,
  type EngineLoadOptions,
  type GenerateOptions,
  type LoadedModel,
  type ModelManifest,
  OrillaError,
  type TokenEvent,
  type WeightFiles,
} from '@orilla/contract';
import type { ModelText } from '../../text/model-text.ts';
import { modelTextOf } from '../../text/model-text.ts';
import { answerOf } from './answer-of.ts';
import { loadError, notOpen } from './engine-errors.ts';
import { endTokensOf, type ModelConfig, readModelConfig } from './model-config.ts';
import { onnxBackend, onnxFeatures, onnxThreads, parallelAnswers } from './onnx-support.ts';
import { openCausalModel } from './open-causal-model.ts';
import type { OpenSessionOptions } from './open-session.ts';
import { onnxFiles, readJson, readText } from './package-files.ts';
import { PrefixCache } from './prefix-cache.ts';
import type { OpenModel } from './prompt-run.ts';

/** The device, as far as this engine depends on it. */
export interface OnnxDevice {
  readonly webgpu: DeviceFacts['webgpu'];
  readonly crossOriginIsolated: boolean;
  readonly processors: number;
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
  readonly #sessionOptions: Pick<OpenSessionOptions, 'loadOrt'>;
  #open: OpenModel | null = null;

  constructor(device: OnnxDevice, sessionOptions: Pick<OpenSessionOptions, 'loadOrt'> = {}) {
    this.#device = device;
    this.#sessionOptions = sessionOptions;
  }

  get isOpen(): boolean {
    return this.#open?.model.session.isOpen ?? false;
  }

  async load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel> {
    await this.unload();
    const { signal } = options;
    try {
      const config = await readModelConfig(weights);
      const text = await readModelText(weights);
      const backend = this.#backendFor(manifest);
      const threads = onnxThreads(this.#device);
      const model = await openCausalModel(onnxFiles(manifest, weights), {
        ...this.#sessionOptions,
        backend,
        threads,
        signal,
      });
      this.#open = {
        model,
        text,
        endTokenIds: endTokensOf(config, text),
        contextLength: contextOf(config, options.contextLength),
        prefixes: new PrefixCache({ most: keptConversations }),
      };
      const { session } = model;
      return {
        engine: this.name,
        backend: session.backend,
        contextLength: this.#open.contextLength,
        threads: session.backend === 'webgpu' ? 1 : threads,
      };
    } catch (error) {
      throw loadError(error);
    }
  }

  async *generate(request: ChatRequest, options: GenerateOptions): AsyncGenerator<TokenEvent, void, undefined> {
    options.signal.throwIfAborted();
    const open = this.#open;
    if (!open) throw notOpen();
    yield* answerOf(open, request, { ...options, features: this.capabilities.features });
  }

  async unload(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    open.prefixes.clear();
    await open.model.session.release();
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

async function readModelText(weights: WeightFiles): Promise<ModelText> {
  const tokenizer = await readJson(weights, 'tokenizer.json');
  if (!tokenizer)
    throw new OrillaError('engine.load-failed', "The model package can't be opened: it has no tokenizer.json.", {
      advice: "Make the package again from the model's whole ONNX folder.",
    });
  const tokenizerConfig = (await readJson(weights, 'tokenizer_config.json')) ?? {};
  const chatTemplate = (await readText(weights, 'chat_template.jinja')) ?? undefined;
  return modelTextOf({ tokenizer, tokenizerConfig, chatTemplate });
}
