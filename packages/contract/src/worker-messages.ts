import type { DevicePackage } from './catalog.ts';
import type { Backend, EmittedAnswer, EngineName, Feature, LoadedModel, TokenEvent } from './engine.ts';
import type { EncodedError } from './error-codec.ts';
import type { ErrorCode } from './error-codes.ts';
import type { PackagesApi } from './package-messages.ts';
import type { ChatMessage, ChatRequest, EmbeddingRequest } from './wire.ts';

/** What an engine can do on this device. */
export interface EngineFacts {
  readonly features: readonly Feature[];
  /** What it would compute with here. */
  readonly backend: Backend;
  /** It failed twice and is left alone until then: milliseconds since the Unix epoch. */
  readonly setAside?: { readonly code: ErrorCode; readonly untilMs: number };
}

/** How fast a package was measured on this device, with this browser and driver. */
export interface PackageRates {
  readonly engine: EngineName;
  readonly backend: Backend;
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  /** Milliseconds since the Unix epoch. */
  readonly measuredAtMs: number;
}

/** How much a model may take, and where the figure comes from: a rule of thumb, an allocation that worked, or a crash that it was taken back for. */
export interface MemoryBudget {
  readonly budgetBytes: number;
  readonly basis: 'rule' | 'probe' | 'crash';
}

export interface ProbeCall {
  /** Learns how much memory there is, by allocating it for a moment, where that is not known yet. `ceilingBytes` is the most to try. */
  readonly learnMemory?: { readonly ceilingBytes?: number };
  /**
   * Locks, as in `WorkerHello`, of workers that pages have left in good order. Where it is given, what any other worker that is gone was just
   * opening counts as what took its page down. Absent where pages can't keep that.
   */
  readonly closedWorkers?: readonly string[];
}

/** What the worker found out about the device it runs on. Sizes in bytes; `null` where the browser does not tell. */
export interface DeviceFacts {
  readonly webgpu: {
    readonly features: readonly string[];
    readonly maxBufferBytes: number;
    /** By WebGPU's names, as the adapter has them. */
    readonly limits: Readonly<Record<string, number>>;
    /** Vendor, architecture and device, as far as the browser tells; may be empty. */
    readonly adapter: string;
    readonly isFallback: boolean;
  } | null;
  /** What measurements belong to: adapter, browser and its version, isolation. Another key, and they are taken anew. */
  readonly key: string;
  readonly crossOriginIsolated: boolean;
  readonly isSecureContext: boolean;
  readonly processors: number;
  /** What a model may take in memory, with the rest left to the page and the system. */
  readonly memoryBudgetBytes: number;
  readonly memoryBasis: MemoryBudget['basis'];
  /** The same for each backend; where it is absent, the figure above holds for all. */
  readonly memory?: Readonly<Partial<Record<Backend, MemoryBudget>>>;
  readonly storage: { readonly usageBytes: number; readonly quotaBytes: number } | null;
  readonly engines: Readonly<Partial<Record<EngineName, EngineFacts>>>;
  /** Of the packages that were measured here, by their ids. */
  readonly rates: Readonly<Record<string, PackageRates>>;
}

/**
 * How far a load is. `waiting`: another tab or a more urgent download goes first, or no server answers. `verify`: what came is read again
 * as a whole. Bytes count what is verified and stored, in `verify` what is checked; `fetchedBytes` is what this load took from the network.
 */
export interface LoadProgress {
  readonly phase: 'waiting' | 'manifest' | 'download' | 'paused' | 'verify' | 'open';
  readonly storedBytes: number;
  readonly totalBytes: number;
  readonly fetchedBytes: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface LoadResult extends LoadedModel {
  readonly packageId: string;
  readonly fetchedBytes: number;
}

export const requestPriorities = ['high', 'normal', 'low'] as const;
/** Who goes first where requests wait for one engine. */
export type RequestPriority = (typeof requestPriorities)[number];

export interface GenerateCall {
  readonly priority?: RequestPriority;
  /** Goes on behind what is out already. */
  readonly emitted?: EmittedAnswer;
}

/**
 * The worker's control calls. A call that takes time answers on the MessagePort that comes with it, as `CallMessage`s.
 * The worker does not know the page's address: the page makes a mirror's `url` absolute before it hands over a package.
 */
export interface WorkerApi extends PackagesApi {
  probe(call?: ProbeCall): Promise<DeviceFacts>;
  /** Answers with progress, then `LoadResult`. Several loads of one package share the work; another package replaces the loaded one. */
  load(pkg: DevicePackage, port: MessagePort): void;
  /** Answers with tokens. Takes the package for granted: the caller has loaded it. */
  generate(packageId: string, request: ChatRequest, call: GenerateCall, port: MessagePort): void;
  /** Answers with an `EmbeddingResponse`. Takes the package for granted, as `generate`. */
  embed(packageId: string, request: EmbeddingRequest, port: MessagePort): void;
  /** Answers with the rates of a loaded package: measured now, or before on the same device, browser and driver. */
  measure(packageId: string, port: MessagePort): void;
  /** Answers with the exact number of tokens that the messages take in this package's own template and vocabulary. */
  countTokens(pkg: DevicePackage, messages: readonly ChatMessage[], port: MessagePort): void;
  unload(): Promise<void>;
  /** Answers as soon as the worker can: one that does not is stuck. */
  ping(): Promise<void>;
  /** Keeps that an engine took a worker with it, which that worker could not note itself. */
  noteCrash(engine: EngineName, code: ErrorCode): Promise<void>;
}

/** From the worker, on a call's own port. `done` or `error` is the last. `elsewhere`: not this worker computes it, but that of another tab. */
export type CallMessage<Result> =
  | { readonly type: 'elsewhere' }
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'tokens'; readonly events: readonly TokenEvent[] }
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'error'; readonly error: EncodedError };

/** What comlink's own Error carries when a control call without a port failed, so that the page can rebuild what was raised. */
export interface ControlFailure {
  readonly encoded: EncodedError;
}

/** From the page, on a call's own port. */
export type CallControl = { readonly type: 'abort' };

/** The worker's first message, once it can take calls. The lock is held as long as the worker lives: who gets it knows that the worker died. */
export type WorkerHello = { readonly type: 'orilla-worker'; readonly lockName: string | null };
