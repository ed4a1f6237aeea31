import type { ModelManifest } from './manifest.ts';
import type { ChatCompletionChunk, ChatRequest, FinishReason } from './wire.ts';

export const engineNames = ['webllm', 'onnx', 'llamacpp'] as const;
export type EngineName = (typeof engineNames)[number];

/** What an engine computes with. Always told, never assumed. */
export type Backend = 'webgpu' | 'wasm';

/** Something a request may need beyond plain text in and out. */
export const features = [
  'tools',
  'json-object',
  'json-schema',
  'logprobs',
  'multiple-choices',
  'image-input',
  'audio-input',
  'file-input',
  'audio-output',
  'embeddings',
  'text-completion',
] as const;
export type Feature = (typeof features)[number];

export interface EngineCapabilities {
  readonly features: readonly Feature[];
  /** Token events carry ids. */
  readonly givesTokenIds: boolean;
  /** A prompt may be given as token ids. */
  readonly takesTokenIds: boolean;
  /** Requests that it computes at the same time; the host lets the others wait. */
  readonly parallelRequests: number;
}

/** How a model was opened. `gpuLayers` is read from the engine's own report, not from what was asked for. */
export interface LoadedModel {
  readonly engine: EngineName;
  readonly backend: Backend;
  readonly contextLength: number;
  readonly threads: number;
  readonly gpuLayers?: { readonly offloaded: number; readonly total: number };
}

/** One step of an answer. `atMs` is when the engine produced it, in milliseconds since the Unix epoch. */
export type TokenEvent =
  | {
      readonly type: 'token';
      readonly text: string;
      readonly tokenIds?: readonly number[];
      readonly logprobs?: NonNullable<ChatCompletionChunk['choices'][number]['logprobs']>;
      readonly atMs: number;
    }
  | {
      readonly type: 'finish';
      readonly reason: FinishReason;
      readonly promptTokens: number;
      readonly completionTokens: number;
      readonly cachedTokens: number;
      readonly atMs: number;
    };

export interface EngineLoadOptions {
  readonly contextLength: number;
  readonly signal: AbortSignal;
}

/** The verified files of a package, by path. Blobs are views of what the weight store holds: nothing is copied. */
export type WeightFiles = ReadonlyMap<string, Blob>;

/**
 * What computes on the device. Vendor types stay inside an engine's folder.
 * `generate` is single-use and streams; leaving its loop, or aborting `signal`, stops the computation of that request only.
 * The loop ends when the computation has stopped, so that whoever waits for it knows that the engine is free again.
 */
export interface Engine {
  readonly name: EngineName;
  readonly capabilities: EngineCapabilities;
  /** Can take requests: false before `load`, after `unload`, and after a crash, which only another engine mends. */
  readonly isOpen: boolean;
  /** @throws OrillaError `engine.load-failed`; AbortError */
  load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel>;
  /** @throws OrillaError `engine.context-exceeded`, `engine.failed`, `capability.unsupported`; AbortError */
  generate(request: ChatRequest, options: { readonly signal: AbortSignal }): AsyncIterable<TokenEvent>;
  /** Frees all memory. May be called at any time, more than once. */
  unload(): Promise<void>;
}
