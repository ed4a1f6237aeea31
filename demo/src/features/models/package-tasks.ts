import { type DevicePackage, isAbortError, type LoadProgress } from '@orilla/contract';
import type { Packages } from '@orilla/core';
import { type ShownError, toShownError } from '../errors/error-kind.ts';

/** What this page is doing with one package, and how the last of it ended. */
export interface PackageTask {
  readonly doing: 'download' | 'verify' | 'export' | null;
  readonly progress: LoadProgress | null;
  /** What the last check found; `null` where none was made, or something changed since. */
  readonly damagedChunks: number | null;
  readonly error: ShownError | null;
}

export interface ImportTask {
  readonly fileName: string;
  readonly progress: LoadProgress | null;
  readonly error: ShownError | null;
}

export interface TaskList {
  readonly byId: ReadonlyMap<string, PackageTask>;
  readonly importing: ImportTask | null;
}

/** Offers a file to the reader under a name. @throws AbortError where the reader declines */
export type SaveFile = (name: string, file: Blob) => Promise<void>;

const idle: PackageTask = { doing: null, progress: null, damagedChunks: null, error: null };

/**
 * What the reader asked for on the Models page: each call runs to its end whichever view is open, and whatever fails becomes a card.
 * What is stored is not here: every tab is told of that.
 */
export class PackageTasks {
  readonly #packages: Packages;
  readonly #saveFile: SaveFile;
  readonly #listeners = new Set<() => void>();
  readonly #running = new Map<string, AbortController>();
  #importing: AbortController | null = null;
  #list: TaskList = { byId: new Map(), importing: null };

  constructor(packages: Packages, saveFile: SaveFile) {
    this.#packages = packages;
    this.#saveFile = saveFile;
  }

  /** The same object until something changes. */
  get list(): TaskList {
    return this.#list;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Brings what is missing, also of what was paused or damaged. Without a catalog entry it comes from where it began. */
  async download(id: string, pkg: DevicePackage | null): Promise<void> {
    // Who waits for a paused download goes on waiting: it is that one that goes on.
    if (this.#list.byId.get(id)?.doing === 'download' || !pkg) {
      this.#set(id, { damagedChunks: null });
      return this.#try(id, () => this.#packages.resume(id));
    }
    await this.#run(id, 'download', async (signal) => {
      await this.#packages.download(pkg, { signal, priority: 'background' });
    });
  }

  pause(id: string): Promise<void> {
    return this.#try(id, () => this.#packages.pause(id));
  }

  async remove(id: string): Promise<void> {
    this.stop(id);
    await this.#try(id, () => this.#packages.remove(id));
  }

  pin(id: string, isPinned: boolean): Promise<void> {
    return this.#try(id, () => this.#packages.pin(id, isPinned));
  }

  verify(id: string): Promise<void> {
    return this.#run(id, 'verify', async (signal) => {
      const onProgress = (progress: LoadProgress) => this.#set(id, { progress });
      const { damagedChunks } = await this.#packages.verify(id, { signal, onProgress });
      this.#set(id, { damagedChunks });
    });
  }

  export(id: string): Promise<void> {
    return this.#run(id, 'export', async (signal) => {
      await this.#saveFile(`${id}.tar`, await this.#packages.export(id, { signal }));
    });
  }

  /** Ends what runs for this package in this page; what was stored stays. */
  stop(id: string): void {
    this.#running.get(id)?.abort();
  }

  async import(file: File): Promise<void> {
    this.stopImport();
    const controller = new AbortController();
    this.#importing = controller;
    const set = (importing: ImportTask | null) => {
      if (this.#importing === controller) this.#change({ ...this.#list, importing });
    };
    const begun: ImportTask = { fileName: file.name, progress: null, error: null };
    set(begun);
    try {
      const { signal } = controller;
      await this.#packages.import(file, { signal, onProgress: (progress) => set({ ...begun, progress }) });
      set(null);
    } catch (error) {
      set(isAbortError(error) ? null : { ...begun, error: toShownError(error, 'device') });
    }
  }

  /** Ends an import, or takes its card away. */
  stopImport(): void {
    this.#importing?.abort();
    this.#importing = null;
    if (this.#list.importing) this.#change({ ...this.#list, importing: null });
  }

  async #run(id: string, doing: PackageTask['doing'], work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.stop(id);
    const controller = new AbortController();
    this.#running.set(id, controller);
    const isCurrent = () => this.#running.get(id) === controller;
    this.#set(id, { ...idle, doing });
    try {
      await work(controller.signal);
    } catch (error) {
      if (isCurrent() && !isAbortError(error)) this.#set(id, { error: toShownError(error, 'device') });
    } finally {
      if (isCurrent()) {
        this.#running.delete(id);
        this.#set(id, { doing: null, progress: null });
      }
    }
  }

  /** A call that is over at once, beside whatever runs. */
  async #try(id: string, call: () => Promise<void>): Promise<void> {
    this.#set(id, { error: null });
    try {
      await call();
    } catch (error) {
      this.#set(id, { error: toShownError(error, 'device') });
    }
  }

  #set(id: string, change: Partial<PackageTask>): void {
    const byId = new Map(this.#list.byId);
    byId.set(id, { ...(byId.get(id) ?? idle), ...change });
    this.#change({ ...this.#list, byId });
  }

  #change(list: TaskList): void {
    this.#list = list;
    for (const listener of this.#listeners) listener();
  }
}
