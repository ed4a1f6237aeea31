import {
  abortReason,
  type ChatRequest,
  type Engine,
  type EngineCapabilities,
  type EngineLoadOptions,
  isOrillaError,
  type LoadedModel,
  type ModelManifest,
  OrillaError,
  type TokenEvent,
  type WeightFiles,
} from '@orilla/contract';
import type { ChatCompletionChunk, Wllama } from '@wllama/wllama/esm/index.js';
import { isCrash, loadError, requestError } from './engine-errors.ts';
import { llamacppFeatures, llamacppThreads, usesWebgpu } from './llamacpp-support.ts';
import { openWllama, parallelSequences } from './open-wllama.ts';
import { backendOf } from './read-offload.ts';
import { requestParams } from './request-params.ts';
import { streamOfCallbacks } from './stream-of-callbacks.ts';
import { type TimedChunk, tokenEvents } from './token-events.ts';

/** The device, as far as this engine depends on it. */
export interface LlamacppDevice {
  readonly adapterFeatures: readonly string[];
  readonly crossOriginIsolated: boolean;
  readonly processors: number;
}

interface OpenModel {
  readonly wllama: Wllama;
  /** Rejected when the model goes, whatever took it: wllama itself leaves what it was asked without an answer. */
  readonly gone: PromiseWithResolvers<never>;
}

/** llama.cpp in WASM, by wllama: on WebGPU where the adapter has 16-bit floats, else on the CPU. */
export class LlamacppEngine implements Engine {
  readonly name = 'llamacpp';
  readonly capabilities: EngineCapabilities = {
    features: llamacppFeatures,
    givesTokenIds: false,
    takesTokenIds: false,
    parallelRequests: parallelSequences,
  };
  readonly #device: LlamacppDevice;
  #open: OpenModel | null = null;

  constructor(device: LlamacppDevice) {
    this.#device = device;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  async load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel> {
    await this.unload();
    const { contextLength, signal } = options;
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => undefined); // nobody may be waiting for an answer when the model goes
    try {
      const { wllama, threads, gpuLayers } = await openWllama({
        files: modelFiles(manifest, weights),
        contextLength,
        threads: llamacppThreads(this.#device),
        backend: usesWebgpu(this.#device.adapterFeatures) ? 'webgpu' : 'wasm',
        signal,
        onCrash: (reason) => {
          if (this.#open?.gone === gone) return this.#end(this.#open, reason);
        },
      });
      this.#open = { wllama, gone };
      return {
        engine: this.name,
        backend: backendOf(gpuLayers ?? null),
        contextLength,
        threads,
        ...(gpuLayers && { gpuLayers }),
      };
    } catch (error) {
      throw loadError(error);
    }
  }

  async *generate(
    request: ChatRequest,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<TokenEvent, void, undefined> {
    signal.throwIfAborted();
    const params = requestParams(request);
    const open = this.#open;
    if (!open) throw notOpen();
    const left = new AbortController();
    const abortSignal = AbortSignal.any([signal, left.signal]);
    let hasBegun = false;
    const ask = (push: (timed: TimedChunk) => void) => {
      const onData = (chunk: ChatCompletionChunk) => {
        hasBegun = true;
        push({ chunk, atMs: performance.timeOrigin + performance.now() });
      };
      const settings = {
        ...params,
        stream: true as const,
        stream_options: { include_usage: true },
        abortSignal,
        onData,
      };
      return Promise.race([open.wllama.createChatCompletion(settings), open.gone.promise]);
    };
    try {
      yield* tokenEvents(
        streamOfCallbacks(ask, () => left.abort()),
        { topLogprobs: request.top_logprobs ?? 0 },
      );
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      const told = requestError(error, { hasBegun, hasSchema: request.response_format?.type === 'json_schema' });
      if (isCrash(error) && isOrillaError(told)) await this.#end(open, told);
      throw told;
    }
  }

  async unload(): Promise<void> {
    if (!this.#open) return;
    const reason = new OrillaError('engine.failed', 'The model was unloaded while it answered.', {
      advice: 'Load it and ask again.',
    });
    await this.#end(this.#open, reason);
  }

  /** Ends llama.cpp's worker, which frees all its memory, and tells whoever waits for it. */
  #end(open: OpenModel, reason: OrillaError): Promise<void> {
    if (this.#open === open) this.#open = null;
    open.gone.reject(reason);
    return open.wllama.exit();
  }
}

/** The parts of the model in the manifest's order, which is how llama.cpp numbers them. */
function modelFiles(manifest: ModelManifest, weights: WeightFiles): readonly Blob[] {
  const files = manifest.files
    .filter(({ path }) => path.endsWith('.gguf'))
    .flatMap(({ path }) => weights.get(path) ?? []);
  if (files.length > 0) return files;
  throw new OrillaError(
    'engine.load-failed',
    'The model package holds no GGUF file, which is what this engine opens.',
    {
      advice: 'Make the package again from a GGUF.',
    },
  );
}

function notOpen(): OrillaError {
  return new OrillaError('engine.failed', 'No model is open in this engine.', {
    advice: 'Load the model and ask again.',
  });
}
