import type { DevicePackage, DownloadPriority, StoredPackage, VerifyResult } from '@orilla/contract';
import type { LoadOptions } from '../device/device.ts';
import type { PackagesListener } from './package-watch.ts';

export interface DownloadOptions extends LoadOptions {
  /** Default: `question`, since somebody asked for it. `background` gives way to loads and questions. */
  readonly priority?: DownloadPriority | undefined;
}

/**
 * The packages in this browser's weight store: what is there, and what can be done with it. A `nameOrId` is a package's id, or the name of a
 * model: that stands for its package that is stored, else for the one that suits this device best. What is neither is
 * `catalog.unknown-model`. Every call may throw the OrillaErrors of the family Storage and `engine.worker-died`; where there is no device way they all throw
 * `capability.unsupported`, except `list`, `subscribe` and `isKept`, which tell of nothing.
 */
export interface Packages {
  list(): Promise<readonly StoredPackage[]>;
  /**
   * Calls back with the whole list, soon and whenever something in it has changed, in whichever tab. Starts the worker where it does not
   * run yet, and goes on with the next one after it died. Returns what ends it.
   */
  subscribe(listener: PackagesListener): () => void;
  /**
   * Makes a package complete without opening it, also one that was paused. A name stands for the package of that model that suits this
   * device best. Aborting leaves what was stored for the next time.
   * @throws OrillaError of the family Catalog too, and as `models.prepare` for a name; AbortError
   */
  download(modelOrPackage: string | DevicePackage, options?: DownloadOptions): Promise<StoredPackage>;
  /** Stops a download in whichever tab it runs; who waits for it goes on waiting. It stays so after a reload. */
  pause(nameOrId: string): Promise<void>;
  /** Goes on with what was paused or left, from the sources that it began with. Settles once it is under way. */
  resume(nameOrId: string): Promise<void>;
  /** Removes a package, complete or not, and ends its download. Chunks that another one names stay. Of one that isn't there nothing is done. */
  remove(nameOrId: string): Promise<void>;
  /** A pinned package is never removed to make room. */
  pin(nameOrId: string, isPinned: boolean): Promise<void>;
  /** Reads every stored byte again. Damaged chunks are removed, so that the next download mends them. @throws AbortError */
  verify(nameOrId: string, options?: LoadOptions): Promise<VerifyResult>;
  /** The package as a tar archive of the folder that a mirror has for it; not copied until it is read. @throws AbortError */
  export(nameOrId: string, options?: Pick<LoadOptions, 'signal'>): Promise<Blob>;
  /**
   * Takes over such an archive, checking every byte.
   * @throws OrillaError `storage.bad-archive`, `catalog.bad-signature`; AbortError
   */
  import(archive: Blob, options?: LoadOptions): Promise<StoredPackage>;
  /**
   * Whether the browser has promised not to evict what this page stores. It is asked for that once, before the first download, unless the
   * app set `keepStorage: false`. False where it does not tell.
   */
  isKept(): Promise<boolean>;
}
