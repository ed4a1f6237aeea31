import {
  type ArrivingFiles,
  abortReason,
  type ChatRequest,
  type DevicePackage,
  type EmbeddingRequest,
  type EmbeddingResponse,
  type Engine,
  type EngineName,
  type GenerateCall,
  type LoadProgress,
  type LoadResult,
  type ModelManifest,
  OrillaError,
  type PackageRates,
  type TokenEvent,
} from '@orilla/contract';
import { OneAtATime } from '../one-at-a-time.ts';
import { type JoinOptions, SharedWork } from '../shared-work.ts';
import type { BroughtPackage } from '../weights/download/package-download.ts';
import { openLock } from '../weights/locks/lock-names.ts';
import { holdSharedLock, type Locks } from '../weights/locks/with-lock.ts';
import type { WeightStore } from '../weights/weight-store.ts';
import { EnginePreparation } from './engine-preparation.ts';
import { OpenPackage } from './open-package.ts';

/** Longer than a page takes to ask once its load is answered. */
const defaultAskWithinMs = 1_000;

export interface EngineHostOptions {
  readonly store: () => Promise<Pick<WeightStore, 'bring' | 'remove'>>;
  /** `null` where there are none. */
  readonly locks: Locks | null;
  readonly makeEngine: (name: EngineName) => Promise<Engine>;
  /** How long after a load its question may come, before another package takes the place. */
  readonly askWithinMs?: number;
}

/** Keeps one package open and gives its engine the requests. */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #loads = new Map<string, SharedWork<LoadResult, LoadProgress>>();
  #open: OpenPackage | null = null;
  #isOpening = false;
  #preparation: EnginePreparation | null = null;
  /** Of opening and closing. */
  readonly #turns = new OneAtATime();

  constructor(options: EngineHostOptions) {
    this.#options = options;
  }

  /**
   * Brings a package into memory; another one that is there goes, but not before the new one is downloaded and the other has answered who asked
   * it: that may be another tab. Where nothing else is in memory, its engine is prepared while it is downloaded.
   * @throws OrillaError of the families Catalog, Storage, Engine, Capability; AbortError
   */
  async load(pkg: DevicePackage, options: JoinOptions<LoadProgress>): Promise<LoadResult> {
    const open = this.#openPackage(pkg.id);
    if (open && !open.isLeaving) {
      open.expect();
      return { ...open.loaded, fetchedBytes: 0 };
    }
    const running = this.#loads.get(pkg.id);
    if (running && !running.isAbandoned) return running.join(options);
    const forget = () => {
      if (this.#loads.get(pkg.id) === work) this.#loads.delete(pkg.id);
    };
    const work = new SharedWork<LoadResult, LoadProgress>((shared) => this.#bringAndOpen(pkg, shared).finally(forget));
    this.#loads.set(pkg.id, work);
    return work.join(options);
  }

  /** @throws OrillaError `engine.failed` where the package isn't open, and what the engine raises; AbortError */
  async *generate(
    packageId: string,
    request: ChatRequest,
    { signal, emitted, priority }: GenerateCall & { readonly signal: AbortSignal },
  ): AsyncGenerator<TokenEvent, void, undefined> {
    const open = this.#demandOpen(packageId);
    open.stopMeasuring();
    const endTurn = await open.queue.takeTurn({ signal, priority });
    try {
      yield* open.engine.generate(request, { signal, ...(emitted && { emitted }) });
    } finally {
      endTurn();
    }
  }

  /** @throws as `generate`; OrillaError `capability.unsupported` where the engine has no embeddings */
  async embed(
    packageId: string,
    request: EmbeddingRequest,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<EmbeddingResponse> {
    const open = this.#demandOpen(packageId);
    const { engine, queue } = open;
    if (!engine.embed)
      throw new OrillaError('capability.unsupported', `The engine ${engine.name} makes no embeddings of this model.`, {
        advice: 'Ask a model that is made for embeddings, or let the relay answer.',
      });
    open.stopMeasuring();
    const endTurn = await queue.takeTurn({ signal });
    try {
      return await engine.embed(request, { signal });
    } finally {
      endTurn();
    }
  }

  /** Measures what is open. @throws as `generate`; OrillaError `engine.busy` where a question came in between */
  async measure(packageId: string, { signal }: { readonly signal: AbortSignal }): Promise<PackageRates> {
    return this.#demandOpen(packageId).measure(signal);
  }

  /** Frees the memory of what is open, and ends what is being loaded. */
  async unload(): Promise<void> {
    const loads = [...this.#loads.values()];
    this.#loads.clear();
    const reason = endedLoad('the model was unloaded');
    await Promise.all([...loads.map((work) => work.end(reason)), this.#close(this.#detach())]);
  }

  /** As `unload`, but of what is open alone, and not before it has answered whoever asks it. */
  unloadAnswered(): Promise<void> {
    return this.#closeAnswered(this.#open);
  }

  /** Removes a package from the store, and from memory where it is open; where it is shared, not before it has answered whoever asks it. */
  async remove(id: string, { isShared = false }: { readonly isShared?: boolean } = {}): Promise<void> {
    const load = this.#loads.get(id);
    this.#loads.delete(id);
    // What still arrived after the removal would stay for ever.
    const ended = load?.end(endedLoad('the model package was removed'));
    const open = this.#open?.loaded.packageId === id ? this.#open : null;
    if (isShared) this.#closeAnswered(open).catch(() => undefined); // nobody waits for it
    await Promise.all([ended, isShared || this.#close(open && this.#detach())]);
    await (await this.#options.store()).remove(id);
  }

  #demandOpen(id: string): OpenPackage {
    const open = this.#openPackage(id);
    if (open) return open;
    throw new OrillaError('engine.failed', `The model package ${id} isn't loaded.`, {
      advice: 'Load it and ask again.',
    });
  }

  #openPackage(id: string): OpenPackage | null {
    return this.#open?.loaded.packageId === id && this.#open.engine.isOpen ? this.#open : null;
  }

  async #bringAndOpen(pkg: DevicePackage, options: JoinOptions<LoadProgress>): Promise<LoadResult> {
    const { store, locks } = this.#options;
    const { signal } = options;
    const release = await holdSharedLock(openLock(pkg.id), { locks, signal });
    const own: { preparation: EnginePreparation | null } = { preparation: null };
    const onArriving = (manifest: ModelManifest, files: ArrivingFiles) => {
      own.preparation = this.#prepare(pkg, manifest, files);
    };
    try {
      const brought = await (await store()).bring(pkg, { ...options, onArriving });
      return await this.#turns.run(() => this.#openInTurn(pkg, brought, { signal, release, ...own }));
    } catch (error) {
      release();
      await own.preparation?.end();
      throw error;
    }
  }

  /** One at a time, and not beside a package that is in memory: it would slow that down and take memory from it. */
  #prepare(pkg: DevicePackage, manifest: ModelManifest, files: ArrivingFiles): EnginePreparation | null {
    if (this.#isOpening || this.#open?.engine.isOpen || this.#preparation?.isOver === false) return null;
    const { makeEngine } = this.#options;
    const { contextLength } = pkg;
    this.#preparation = new EnginePreparation(manifest, files, { makeEngine, contextLength });
    return this.#preparation;
  }

  async #openInTurn(pkg: DevicePackage, brought: BroughtPackage, options: OpenOptions): Promise<LoadResult> {
    this.#isOpening = true;
    try {
      if (this.#preparation !== options.preparation) await this.#preparation?.end();
      return await this.#openEngine(pkg, brought, options);
    } finally {
      this.#isOpening = false;
    }
  }

  async #openEngine(
    pkg: DevicePackage,
    { manifest, files, fetchedBytes }: BroughtPackage,
    { signal, release, preparation }: OpenOptions,
  ): Promise<LoadResult> {
    signal.throwIfAborted();
    const before = this.#open;
    if (before?.loaded.packageId === pkg.id && before.engine.isOpen) {
      // Whoever wanted its place has left.
      release();
      before.expect();
      await preparation?.end();
      return { ...before.loaded, fetchedBytes };
    }
    const engine = (await preparation?.take()) ?? (await this.#options.makeEngine(manifest.engine));
    try {
      if (before?.engine.isOpen) await before.leave(signal);
      // Two models at once might be more than there is memory for.
      await this.#detach()?.close();
      signal.throwIfAborted();
      const model = await engine.load(manifest, files, { contextLength: pkg.contextLength, signal });
      // It may have been ended too late for the engine to notice.
      if (signal.aborted) throw abortReason(signal);
      const loaded = { ...model, packageId: pkg.id, fetchedBytes };
      const { askWithinMs = defaultAskWithinMs } = this.#options;
      this.#open = new OpenPackage({ engine, loaded, release, askWithinMs });
      return loaded;
    } catch (error) {
      // It may hold what it was prepared with, or what came too late, and nobody would close it; told is why it was not opened.
      await engine.unload().catch(() => undefined);
      throw error;
    }
  }

  /** From now on it is not open to anybody; whoever takes it closes it. */
  #detach(): OpenPackage | null {
    const open = this.#open;
    this.#open = null;
    return open;
  }

  /** In turn, as below: who loads it meanwhile gets it anew after that. */
  #closeAnswered(open: OpenPackage | null): Promise<void> {
    return this.#turns.run(async () => {
      if (!open || this.#open !== open) return;
      await open.leave(new AbortController().signal);
      if (this.#open === open) await this.#detach()?.close();
    });
  }

  /** In turn with what is opened: a load that begins meanwhile opens beside nothing that still goes. */
  #close(open: OpenPackage | null): Promise<void> {
    open?.stopLeaving();
    return this.#turns.run(async () => open?.close());
  }
}

interface OpenOptions {
  readonly signal: AbortSignal;
  /** Lets other tabs remove its chunks. */
  readonly release: () => void;
  /** Of this package's own engine. */
  readonly preparation: EnginePreparation | null;
}

/** What those are told whose load another call ended. They did not abort it themselves, so that it is no AbortError. */
function endedLoad(why: string): OrillaError {
  return new OrillaError('engine.load-failed', `The model was not loaded: ${why} while it was on its way.`, {
    advice: 'Load it again.',
  });
}
