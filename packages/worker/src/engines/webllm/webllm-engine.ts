import {
  type ArrivingFiles,
  type ChatRequest,
  type Engine,
  type EngineCapabilities,
  type EngineLoadOptions,
  type GenerateOptions,
  isOrillaError,
  type LoadedModel,
  type ModelManifest,
  type TokenEvent,
  type WeightFiles,
} from '@orilla/contract';
import { notOpen, wasUnloaded } from '../answer/answer-errors.ts';
import { compileMaskLater } from '../answer/compile-mask-later.ts';
import { samplingSettings } from '../request/sampling-settings.ts';
import { answer, type SequenceModel } from './answer.ts';
import type { DeviceMaker } from './device-taking.ts';
import { openWebllm, type TokenModel } from './open-webllm.ts';
import { readPackage } from './package-files.ts';
import { Preparation } from './preparation.ts';
import type { PreparedDevice } from './prepared-device.ts';
import { TokenSequence } from './token-sequence.ts';
import { Turns } from './turns.ts';
import { webllmFeatures } from './webllm-support.ts';

/** An abort waits for this many tokens of a prompt at most. */
const prefillTokens = 256;

interface OpenModel extends SequenceModel {
  readonly model: TokenModel;
  /** Aborted when the model is unloaded. */
  readonly closing: AbortController;
  readonly turns: Turns;
}

export interface WebllmEngineOptions {
  readonly openWebllm?: typeof openWebllm;
  /** Where the browser's own is not to be used. */
  readonly deviceMaker?: DeviceMaker;
}

/** Models compiled for WebGPU by MLC, run by WebLLM in this worker. */
export class WebllmEngine implements Engine {
  readonly name = 'webllm';
  readonly capabilities: EngineCapabilities = {
    features: webllmFeatures,
    givesTokenIds: true,
    takesTokenIds: false,
    parallelRequests: 1,
  };
  readonly #options: WebllmEngineOptions;
  readonly #openWebllm: typeof openWebllm;
  #open: OpenModel | null = null;
  #preparation: Preparation | null = null;

  constructor(options: WebllmEngineOptions = {}) {
    this.#options = options;
    this.#openWebllm = options.openWebllm ?? openWebllm;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  async prepare(manifest: ModelManifest, files: ArrivingFiles, { signal }: EngineLoadOptions): Promise<void> {
    signal.throwIfAborted();
    this.#preparation = new Preparation(manifest, files, this.#options);
    await this.#preparation.wait({ signal });
  }

  async load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel> {
    const { contextLength, signal } = options;
    await this.#close();
    const prepared = await this.#takePrepared({ signal });
    try {
      const open = await this.#openModel(manifest, weights, { contextLength, signal, prepared });
      this.#open = open;
      open.model.lost.catch((reason: unknown) => this.#end(open, reason));
      return { engine: this.name, backend: 'webgpu', contextLength, threads: 1 };
    } catch (error) {
      prepared?.destroy();
      throw error;
    }
  }

  async *generate(request: ChatRequest, options: GenerateOptions): AsyncGenerator<TokenEvent, void, undefined> {
    options.signal.throwIfAborted();
    const settings = samplingSettings(request, { features: webllmFeatures });
    const open = this.#open;
    if (!open) throw notOpen();
    const signal = AbortSignal.any([options.signal, open.closing.signal]);
    // WebLLM computes one sequence; a request that waits leaves without having touched it.
    const leave = await open.turns.take({ signal });
    try {
      yield* answer(open, { request, settings, emitted: options.emitted, signal });
    } catch (error) {
      if (isOrillaError(error) && (error.code === 'engine.crashed' || error.code === 'engine.device-lost'))
        await this.#end(open, error);
      throw error;
    } finally {
      leave();
    }
  }

  async unload(): Promise<void> {
    const preparation = this.#preparation;
    this.#preparation = null;
    await Promise.all([preparation?.end(), this.#close()]);
  }

  async #takePrepared({ signal }: { readonly signal: AbortSignal }): Promise<PreparedDevice | null> {
    const preparation = this.#preparation;
    this.#preparation = null;
    return preparation ? preparation.take({ signal }) : null;
  }

  async #openModel(
    manifest: ModelManifest,
    weights: WeightFiles,
    options: EngineLoadOptions & { readonly prepared: PreparedDevice | null },
  ): Promise<OpenModel> {
    const { library, prefillChunk, conversation, ...described } = await readPackage(manifest, weights);
    const model = await this.#openWebllm(weights, { ...options, library });
    return {
      ...described,
      model,
      contextLength: options.contextLength,
      prefixTokenIds: conversation.prefixTokenIds,
      stopTexts: conversation.stopTexts,
      compileMask: compileMaskLater,
      sequence: new TokenSequence(model, Math.min(prefillChunk, prefillTokens)),
      closing: new AbortController(),
      turns: new Turns(),
    };
  }

  async #close(): Promise<void> {
    if (this.#open) await this.#end(this.#open, wasUnloaded());
  }

  /** Frees all memory, once the step that is being computed is over, and tells whoever waits for the model. */
  #end(open: OpenModel, reason: unknown): Promise<void> {
    if (this.#open === open) this.#open = null;
    open.closing.abort(reason);
    return open.model.close();
  }
}
