import {
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
import { openWebllm, type TokenModel } from './open-webllm.ts';
import { readPackage } from './package-files.ts';
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
  readonly #openWebllm: typeof openWebllm;
  #open: OpenModel | null = null;

  constructor(options: WebllmEngineOptions = {}) {
    this.#openWebllm = options.openWebllm ?? openWebllm;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  async load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel> {
    const { contextLength, signal } = options;
    await this.unload();
    signal.throwIfAborted();
    const { library, prefillChunk, conversation, ...described } = await readPackage(manifest, weights);
    const model = await this.#openWebllm(weights, { library, contextLength, signal });
    const open: OpenModel = {
      ...described,
      model,
      contextLength,
      prefixTokenIds: conversation.prefixTokenIds,
      stopTexts: conversation.stopTexts,
      compileMask: compileMaskLater,
      sequence: new TokenSequence(model, Math.min(prefillChunk, prefillTokens)),
      closing: new AbortController(),
      turns: new Turns(),
    };
    this.#open = open;
    model.lost.catch((reason: unknown) => this.#end(open, reason));
    return { engine: this.name, backend: 'webgpu', contextLength, threads: 1 };
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
    if (this.#open) await this.#end(this.#open, wasUnloaded());
  }

  /** Frees all memory, once the step that is being computed is over, and tells whoever waits for the model. */
  #end(open: OpenModel, reason: unknown): Promise<void> {
    if (this.#open === open) this.#open = null;
    open.closing.abort(reason);
    return open.model.close();
  }
}
