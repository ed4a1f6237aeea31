import {
  type ChatRequest,
  type DeviceFacts,
  type DevicePackage,
  type EmbeddingRequest,
  type EmbeddingResponse,
  type EngineName,
  type GenerateCall,
  isAbortError,
  isOrillaError,
  type LoadProgress,
  type LoadResult,
  type PackageRates,
  type ProbeCall,
  type TokenEvent,
} from '@orilla/contract';
import { fitRule } from '../routing/fit-rule.ts';
import { absoluteSources } from './absolute-sources.ts';
import { Calibration } from './calibration.ts';
import type { ClosedWorkers } from './closed-workers.ts';
import type { DeviceListener, DeviceState } from './device-state.ts';
import { raceSignal } from './race-signal.ts';
import { tokenStream } from './token-stream.ts';
import type { CallOptions } from './worker-call.ts';
import type { WorkerConnection } from './worker-connection.ts';
import { maxLostTabs, WorkerCrashes } from './worker-crashes.ts';
import type { WorkerLink } from './worker-link.ts';

export interface DeviceOptions {
  readonly link: WorkerLink;
  /** What relative mirror addresses count from; `undefined` where there is no page. */
  readonly pageAddress?: string | undefined;
  /** Replaces what the worker measured, e.g. an organization's own bound on memory. */
  readonly memoryBudgetBytes?: number | undefined;
  /** Measures what was loaded once nobody asks anything. */
  readonly calibrates?: boolean | undefined;
  /** Absent where there is no page, or it may not store anything. */
  readonly closedWorkers?: ClosedWorkers | null | undefined;
  /** Called when a load is about to fetch what is not stored yet. */
  readonly onDownload?: (() => void) | undefined;
}

export interface FactsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Asks the worker again: an engine may have been set aside since. */
  readonly anew?: boolean | undefined;
  /** Lets the worker learn how much memory there is, where that is not known yet: it takes some for a moment. */
  readonly learnMemory?: boolean | undefined;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** What another page has written down last is here by then. */
const closedNoteMs = 200;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Where a load is before any byte of its package is fetched; a package that is stored is opened at once. */
const beforeDownload: ReadonlySet<LoadProgress['phase']> = new Set(['waiting', 'manifest']);

/** What computes on this device, as the page sees it. */
export class Device {
  readonly #options: DeviceOptions;
  readonly #link: WorkerLink;
  readonly #listeners = new Set<DeviceListener>();
  #facts: Promise<DeviceFacts> | null = null;
  #learnsMemory = false;
  #state: DeviceState = { status: 'idle' };
  /** Loads under way; one that is aborted leaves the state to the others. */
  #loads = 0;
  /** Where the last load has opened a package: another worker has nothing open. */
  #opened: { readonly connection: WorkerConnection; readonly engine: EngineName } | null = null;
  readonly #crashes: WorkerCrashes;
  readonly #calibration: Calibration;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#link = options.link;
    this.#crashes = new WorkerCrashes(options.link);
    this.#link.onConnected((connection) => options.closedWorkers?.watch(connection));
    this.#calibration = new Calibration({
      measure: (packageId, call) => this.measure(packageId, call),
      onMeasured: () => {
        this.#facts = null;
      },
    });
    this.#link.onLost((reason) => this.#fail(reason));
  }

  get state(): DeviceState {
    return this.#state;
  }

  subscribe(listener: DeviceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the device has, asked once, or `anew`. @throws OrillaError `engine.worker-died`; AbortError */
  facts({ signal, anew = false, learnMemory = false }: FactsOptions = {}): Promise<DeviceFacts> {
    const learnsNow = learnMemory && !this.#learnsMemory && this.#options.memoryBudgetBytes === undefined;
    this.#learnsMemory ||= learnsNow;
    if (anew || learnsNow) this.#facts = null;
    this.#facts ??= this.#probe().catch((error: unknown) => {
      this.#facts = null;
      throw error;
    });
    return raceSignal(this.#facts, [signal]);
  }

  /**
   * Brings the package into memory; at once where it is there already. Goes on where another tab that did it for this one is gone. Aborting leaves
   * what was downloaded.
   */
  async load(pkg: DevicePackage, options: LoadOptions = {}): Promise<LoadResult> {
    options.signal?.throwIfAborted();
    const before = this.#state;
    const isReady = before.status === 'ready' && before.packageId === pkg.id;
    if (!isReady) this.#setState({ status: 'loading', packageId: pkg.id, progress: null });
    const onProgress = (progress: LoadProgress) => {
      if (beforeDownload.has(progress.phase)) this.#options.onDownload?.();
      this.#setState({ status: 'loading', packageId: pkg.id, progress });
      options.onProgress?.(progress);
    };
    this.#loads++;
    const endOfUse = this.#calibration.begin();
    try {
      const { connection, loaded } = await this.#loadLasting(pkg, { signal: options.signal, onProgress });
      this.#opened = { connection, engine: loaded.engine };
      this.#setState({ status: 'ready', packageId: pkg.id, loaded });
      if (this.#options.calibrates && pkg.task !== 'embedding') this.#calibration.want(pkg.id);
      return loaded;
    } catch (error) {
      // Whoever stopped waiting changed nothing about what is loaded; and what was removed meanwhile has not failed.
      if (options.signal?.aborted || isAbortError(error)) {
        if (this.#loads === 1 && this.#state.status === 'loading')
          this.#setState(isReady ? before : { status: 'idle' });
      } else this.#setState({ status: 'failed', packageId: pkg.id, error: asError(error) });
      throw error;
    } finally {
      this.#loads--;
      endOfUse();
    }
  }

  /** Where another tab loads it for this one, and is gone before it has, the next that leads does: this one, maybe. */
  async #loadLasting(pkg: DevicePackage, options: CallOptions) {
    for (let lostTabs = 0; ; lostTabs += 1) {
      const connection = await raceSignal(this.#link.connect(), [options.signal]);
      try {
        return { connection, loaded: await this.#loadOn(connection, pkg, options) };
      } catch (error) {
        const isOthers = isOrillaError(error) && error.code === 'engine.worker-died' && !this.isOwnLoss(error);
        if (!isOthers || this.#link.isClosed || lostTabs >= maxLostTabs) throw error;
        // It may have gone because of this package: then nobody is to open it again. If it was closed it has just noted so.
        if (this.#options.closedWorkers) await raceSignal(sleep(closedNoteMs), [options.signal]);
        const facts = await this.facts({ signal: options.signal, anew: true });
        if (fitRule(facts, pkg).kind === 'fail') throw error;
      }
    }
  }

  async #loadOn(connection: WorkerConnection, pkg: DevicePackage, options: CallOptions): Promise<LoadResult> {
    const work = this.#crashes.begin(pkg.engine);
    try {
      return await this.#link.callOn<LoadResult>(
        connection,
        (api) => (port) => api.load(absoluteSources(pkg, this.#options.pageAddress), port),
        { ...options, onElsewhere: () => work.moveElsewhere(), patience: 'loadMs' },
      );
    } finally {
      work.end();
    }
  }

  /**
   * Streams an answer of a loaded package. Single-use; leaving the loop stops the computation.
   * @throws OrillaError `engine.worker-died` where the worker that has it open is gone, and as the engine does; AbortError
   */
  generate(
    packageId: string,
    request: ChatRequest,
    options: GenerateCall & { readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<TokenEvent> {
    const { signal: _, ...how } = options;
    const left = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    const ask = async (onTokens: CallOptions['onTokens']): Promise<void> => {
      const { connection, engine } = this.#opened ?? { connection: await this.#link.connect(), engine: null };
      const work = engine && this.#crashes.begin(engine);
      const endOfUse = this.#calibration.begin();
      try {
        await this.#link.callOn<null>(connection, (api) => (port) => api.generate(packageId, request, how, port), {
          signal,
          onTokens,
          onElsewhere: () => work?.moveElsewhere(),
        });
      } finally {
        work?.end();
        endOfUse();
      }
    };
    return tokenStream(ask, () => left.abort());
  }

  /** Whether an error tells that this page's own worker is gone, with what it computed, and not another tab's that computed for it. */
  isOwnLoss(error: object): boolean {
    return this.#crashes.isOwn(error);
  }

  /** @throws as the engine does; OrillaError `capability.unsupported`; AbortError */
  async embed(packageId: string, request: EmbeddingRequest, options: CallOptions = {}): Promise<EmbeddingResponse> {
    const work = this.#opened && this.#crashes.begin(this.#opened.engine);
    const endOfUse = this.#calibration.begin();
    try {
      return await this.#link.call<EmbeddingResponse>((api) => (port) => api.embed(packageId, request, port), {
        ...options,
        onElsewhere: () => work?.moveElsewhere(),
      });
    } finally {
      work?.end();
      endOfUse();
    }
  }

  /** How fast a loaded package is here: as measured before with this browser and GPU, else now. @throws as `generate` */
  async measure(packageId: string, options: CallOptions = {}): Promise<PackageRates> {
    const work = this.#opened && this.#crashes.begin(this.#opened.engine);
    try {
      return await this.#link.call<PackageRates>((api) => (port) => api.measure(packageId, port), {
        ...options,
        onElsewhere: () => work?.moveElsewhere(),
      });
    } finally {
      work?.end();
    }
  }

  /** Tokens that the messages take in the package's own template and vocabulary. */
  countTokens(pkg: DevicePackage, messages: ChatRequest['messages'], options: CallOptions = {}): Promise<number> {
    return this.#link.call<number>(
      (api) => (port) => api.countTokens(absoluteSources(pkg, this.#options.pageAddress), messages, port),
      options,
    );
  }

  /** Tells that a package was removed: it can no longer be ready. */
  forget(packageId: string): void {
    if (this.#state.status === 'ready' && this.#state.packageId === packageId) this.#setState({ status: 'idle' });
  }

  async #probe(): Promise<DeviceFacts> {
    await this.#link.connect();
    await this.#crashes.noted;
    const { memoryBudgetBytes, closedWorkers } = this.#options;
    const call: ProbeCall = {
      ...(this.#learnsMemory && { learnMemory: {} }),
      ...(closedWorkers && { closedWorkers: closedWorkers.names }),
    };
    const facts = await this.#link.control((api) => api.probe(call));
    if (memoryBudgetBytes === undefined) return facts;
    const { memory: _, ...rest } = facts;
    return { ...rest, memoryBudgetBytes };
  }

  /** Ends the worker; everything pending is rejected. */
  close(): void {
    this.#calibration.forget();
    this.#link.close();
  }

  /** Nothing is in memory any more. */
  #fail(reason: unknown): void {
    this.#calibration.forget();
    const wasBusy = this.#state.status === 'ready' || this.#state.status === 'loading' ? this.#state.packageId : null;
    if (wasBusy === null || this.#link.isClosed) return;
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
