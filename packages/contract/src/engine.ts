import type { ModelManifest } from './manifest.ts';
import type { ChatCompletionChunk, ChatRequest, EmbeddingRequest, EmbeddingResponse, FinishReason } from './wire.ts';

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

/**
 * One step of an answer. `atMs` is when the engine produced it, in milliseconds since the Unix epoch; `choice` which of `n` answers it
 * belongs to, the first where it is absent. An event holds whole tokens: text that waits for the rest of a character, or that may be the
 * beginning of a stop string, comes later, with the ids of all its tokens.
 */
export type TokenEvent =
  | {
      readonly type: 'token';
      readonly choice?: number;
      readonly text: string;
      readonly tokenIds?: readonly number[];
      readonly logprobs?: NonNullable<ChatCompletionChunk['choices'][number]['logprobs']>;
      readonly atMs: number;
    }
  /** A piece of a tool's call: `id` and `name` on the first of each call, its arguments as JSON text, piece by piece. */
  | {
      readonly type: 'tool-call';
      readonly choice?: number;
      /** Which of the answer's calls, from 0. */
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly argumentsText: string;
      readonly tokenIds?: readonly number[];
      readonly atMs: number;
    }
  /** One of several answers has ended. The last to end is told by `finish`. */
  | {
      readonly type: 'choice-end';
      readonly choice: number;
      readonly reason: FinishReason;
      readonly atMs: number;
    }
  /** The last event. Tokens are those of all choices; in an answer that was continued, those from before count too. */
  | {
      readonly type: 'finish';
      readonly choice?: number;
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

/** What of an answer is out already, all of it whole tokens. The engine goes on right behind it, and tells none of it again. */
export interface EmittedAnswer {
  readonly text: string;
  /** Where the engine gave ids: exactly the tokens of `text`. */
  readonly tokenIds?: readonly number[];
  readonly tokens: number;
}

export interface GenerateOptions {
  readonly signal: AbortSignal;
  /** Continues an answer that was begun before, by this engine or another. Never with tools, a response format or several choices. */
  readonly emitted?: EmittedAnswer;
}

/** The verified files of a package, by path. Blobs are views of what the weight store holds: nothing is copied. */
export type WeightFiles = ReadonlyMap<string, Blob>;

/** The files of a package that is still being downloaded. */
export interface ArrivingFiles {
  /**
   * Settles once that file is whole and verified; small files come first. @throws Error where the package has no such file, or the download
   * ended without it; AbortError
   */
  file(path: string): Promise<Blob>;
}

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
  /**
   * Does beforehand what needs no weights, while they are on their way: fetches and compiles its code, and has the GPU's shaders made, which
   * the browser keeps. Once, before `load`, which waits for nothing of it: `signal` aborts at the latest when `load` is about to be called.
   * Holds a quarter of a GB for a while at most, and nothing of the weights' size beyond that. What fails here is no failure: another engine is made, whose `load` does it again and says so.
   */
  prepare?(manifest: ModelManifest, files: ArrivingFiles, options: EngineLoadOptions): Promise<void>;
  /** @throws OrillaError `engine.load-failed`, `engine.device-lost`, `engine.out-of-memory`; AbortError */
  load(manifest: ModelManifest, weights: WeightFiles, options: EngineLoadOptions): Promise<LoadedModel>;
  /**
   * @throws OrillaError `engine.context-exceeded`, `engine.failed`, `engine.device-lost`, `engine.crashed`, `engine.out-of-memory`,
   * `capability.unsupported`, `protocol.bad-request`; AbortError
   */
  generate(request: ChatRequest, options: GenerateOptions): AsyncIterable<TokenEvent>;
  /** Absent where the engine has no feature `embeddings`. @throws as `generate` */
  embed?(request: EmbeddingRequest, options: { readonly signal: AbortSignal }): Promise<EmbeddingResponse>;
  /** Frees all memory. May be called at any time, more than once. */
  unload(): Promise<void>;
}
