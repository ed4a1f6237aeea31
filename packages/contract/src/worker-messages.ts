import type { DevicePackage } from './catalog.ts';
import type { EngineName, Feature, LoadedModel, TokenEvent } from './engine.ts';
import type { EncodedError } from './error-codec.ts';
import type { PackagesApi } from './package-messages.ts';
import type { ChatMessage, ChatRequest } from './wire.ts';

/** What the worker found out about the device it runs on. Sizes in bytes; `null` where the browser does not tell. */
export interface DeviceFacts {
  readonly webgpu: {
    readonly features: readonly string[];
    readonly maxBufferBytes: number;
    readonly isFallback: boolean;
  } | null;
  readonly crossOriginIsolated: boolean;
  readonly isSecureContext: boolean;
  readonly processors: number;
  /** What a model may take in memory, with the rest left to the page and the system. */
  readonly memoryBudgetBytes: number;
  readonly storage: { readonly usageBytes: number; readonly quotaBytes: number } | null;
  readonly engines: Readonly<Partial<Record<EngineName, readonly Feature[]>>>;
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

/**
 * The worker's control calls. A call that takes time answers on the MessagePort that comes with it, as `CallMessage`s.
 * The worker does not know the page's address: the page makes a mirror's `url` absolute before it hands over a package.
 */
export interface WorkerApi extends PackagesApi {
  probe(): Promise<DeviceFacts>;
  /** Answers with progress, then `LoadResult`. Several loads of one package share the work; another package replaces the loaded one. */
  load(pkg: DevicePackage, port: MessagePort): void;
  /** Answers with tokens. Takes the package for granted: the caller has loaded it. */
  generate(packageId: string, request: ChatRequest, port: MessagePort): void;
  /** Answers with the exact number of tokens that the messages take in this package's own template and vocabulary. */
  countTokens(pkg: DevicePackage, messages: readonly ChatMessage[], port: MessagePort): void;
  unload(): Promise<void>;
}

/** From the worker, on a call's own port. `done` or `error` is the last. */
export type CallMessage<Result> =
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
