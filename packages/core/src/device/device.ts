import {
  type ChatRequest,
  type DeviceFacts,
  type DevicePackage,
  type LoadProgress,
  type LoadResult,
  OrillaError,
  type StoredPackage,
  type TokenEvent,
} from '@orilla/contract';
import { absoluteSources } from './absolute-sources.ts';
import { controlCall } from './control-call.ts';
import type { DeviceListener, DeviceState } from './device-state.ts';
import { raceSignal } from './race-signal.ts';
import { tokenStream } from './token-stream.ts';
import { type CallOptions, callWorker, type StartCall } from './worker-call.ts';
import { connectWorker, type LockWatcher, type WorkerConnection, type WorkerLike } from './worker-connection.ts';

export interface DeviceOptions {
  readonly startWorker: () => WorkerLike;
  readonly locks: LockWatcher | null;
  readonly startTimeoutMs: number;
  /** What relative mirror addresses count from; `undefined` where there is no page. */
  readonly pageAddress?: string | undefined;
  /** Replaces what the worker measured, e.g. an organization's own bound on memory. */
  readonly memoryBudgetBytes?: number | undefined;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** The device as the page sees it: one worker, started when first needed, and again after it died. */
export class Device {
  readonly #options: DeviceOptions;
  readonly #listeners = new Set<DeviceListener>();
  readonly #closed = new AbortController();
  #connection: Promise<WorkerConnection> | null = null;
  #facts: Promise<DeviceFacts> | null = null;
  #state: DeviceState = { status: 'idle' };
  /** Loads under way; one that is aborted leaves the state to the others. */
  #loads = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
  }

  get state(): DeviceState {
    return this.#state;
  }

  subscribe(listener: DeviceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the device has, asked once. @throws OrillaError `engine.worker-died`; AbortError */
  facts({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<DeviceFacts> {
    this.#facts ??= this.#probe().catch((error: unknown) => {
      this.#facts = null;
      throw error;
    });
    return raceSignal(this.#facts, [signal]);
  }

  /** Brings the package into memory; at once where it is there already. Aborting leaves what was downloaded. */
  async load(pkg: DevicePackage, options: LoadOptions = {}): Promise<LoadResult> {
    options.signal?.throwIfAborted();
    const before = this.#state;
    const isReady = before.status === 'ready' && before.packageId === pkg.id;
    if (!isReady) this.#setState({ status: 'loading', packageId: pkg.id, progress: null });
    const onProgress = (progress: LoadProgress) => {
      this.#setState({ status: 'loading', packageId: pkg.id, progress });
      options.onProgress?.(progress);
    };
    this.#loads++;
    try {
      const loaded = await this.#call<LoadResult>(
        (api) => (port) => api.load(absoluteSources(pkg, this.#options.pageAddress), port),
        {
          signal: options.signal,
          onProgress,
        },
      );
      this.#setState({ status: 'ready', packageId: pkg.id, loaded });
      return loaded;
    } catch (error) {
      // Whoever stopped waiting changed nothing about what is loaded.
      if (options.signal?.aborted) {
        if (this.#loads === 1 && this.#state.status === 'loading')
          this.#setState(isReady ? before : { status: 'idle' });
      } else this.#setState({ status: 'failed', packageId: pkg.id, error: asError(error) });
      throw error;
    } finally {
      this.#loads--;
    }
  }

  /** Streams an answer of a loaded package. Single-use; leaving the loop stops the computation. */
  generate(
    packageId: string,
    request: ChatRequest,
    options: { readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<TokenEvent> {
    const left = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    return tokenStream(
      (onTokens) => this.#call<null>((api) => (port) => api.generate(packageId, request, port), { signal, onTokens }),
      () => left.abort(),
    );
  }

  /** Tokens that the messages take in the package's own template and vocabulary. */
  countTokens(pkg: DevicePackage, messages: ChatRequest['messages'], options: CallOptions = {}): Promise<number> {
    return this.#call<number>(
      (api) => (port) => api.countTokens(absoluteSources(pkg, this.#options.pageAddress), messages, port),
      options,
    );
  }

  async listPackages(): Promise<readonly StoredPackage[]> {
    return controlCall(await this.#connect(), (api) => api.listPackages());
  }

  async removePackage(id: string): Promise<void> {
    await controlCall(await this.#connect(), (api) => api.removePackage(id));
    if (this.#state.status === 'ready' && this.#state.packageId === id) this.#setState({ status: 'idle' });
  }

  /** Ends the worker; everything pending is rejected. */
  close(): void {
    this.#closed.abort(
      new OrillaError('engine.worker-died', 'The device was closed by the app.', { advice: 'Make a new client.' }),
    );
    this.#connection?.then((connection) => connection.close()).catch(() => undefined); // one that never started has nothing to end
    this.#connection = null;
  }

  async #probe(): Promise<DeviceFacts> {
    const facts = await controlCall(await this.#connect(), (api) => api.probe());
    const { memoryBudgetBytes } = this.#options;
    return memoryBudgetBytes === undefined ? facts : { ...facts, memoryBudgetBytes };
  }

  async #call<Result>(start: (api: WorkerConnection['api']) => StartCall, options: CallOptions): Promise<Result> {
    options.signal?.throwIfAborted();
    const connection = await raceSignal(this.#connect(), [options.signal]);
    return callWorker<Result>(connection, start(connection.api), options);
  }

  #connect(): Promise<WorkerConnection> {
    this.#closed.signal.throwIfAborted();
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<WorkerConnection> {
    try {
      const { startWorker, locks, startTimeoutMs } = this.#options;
      const connection = await connectWorker(startWorker(), { locks, startTimeoutMs, signal: this.#closed.signal });
      connection.lost.addEventListener('abort', () => this.#forget(connection.lost.reason), { once: true });
      return connection;
    } catch (error) {
      this.#forget(error);
      throw error;
    }
  }

  /** The next call starts a new worker. */
  #forget(reason: unknown): void {
    this.#connection = null;
    const wasBusy = this.#state.status === 'ready' || this.#state.status === 'loading' ? this.#state.packageId : null;
    if (wasBusy === null || this.#closed.signal.aborted) return;
    this.#setState({ status: 'failed', packageId: wasBusy, error: asError(reason) });
  }

  #setState(state: DeviceState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
