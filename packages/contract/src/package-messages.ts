import type { DevicePackage } from './catalog.ts';
import type { EncodedError } from './error-codec.ts';
import type { LoadProgress } from './worker-messages.ts';

/** Where a browser keeps weights. */
export type StorageKind = 'indexeddb' | 'opfs';

/** What the app decides about the weight store, before its first use. */
export interface StoreSettings {
  /**
   * Public Ed25519 keys that the app trusts, 32 bytes each, in base64. With any given, a manifest that none of them signed is refused;
   * with none, signatures are not asked for.
   */
  readonly trustedKeys?: readonly string[];
  /** Default: `indexeddb`. */
  readonly storage?: StorageKind;
  /** Bytes that all packages may take together. Default: what the browser gives. */
  readonly budgetBytes?: number;
  /** Where the repositories of catalogs are. Default: the public hub. */
  readonly hubUrl?: string;
}

/** Where a package stands. `waiting`: another download goes first, or no server answers. */
export type PackageState = 'complete' | 'incomplete' | 'downloading' | 'waiting' | 'paused';

/** A package in the store, complete or not, as every tab sees it. */
export interface StoredPackage {
  readonly id: string;
  /** Verified and stored. */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly state: PackageState;
  readonly isComplete: boolean;
  /** Never removed to make room. */
  readonly isPinned: boolean;
  /** When it was last opened or downloaded, in milliseconds since the Unix epoch. */
  readonly lastUsedMs: number;
  /** While it is downloaded, in whichever tab. */
  readonly progress: LoadProgress | null;
  /** Why the last attempt to download it failed, in whichever tab, until the next one begins. */
  readonly error?: EncodedError;
}

/** `question`: somebody waits for it. `background`: gives way to those. */
export type DownloadPriority = 'question' | 'background';

/** What a check of a stored package found. */
export interface VerifyResult {
  readonly checkedBytes: number;
  /** Chunks that had other bytes than they should, or could not be read: removed, so that the next download mends them. */
  readonly damagedChunks: number;
}

/**
 * From the worker, on the port of `watchPackages`: the whole list, whenever something in it has changed, at most four times a second; or, as
 * the last message, why it can't be watched any more.
 */
export type PackagesMessage =
  | { readonly type: 'packages'; readonly packages: readonly StoredPackage[] }
  | { readonly type: 'ended'; readonly error: EncodedError };

/** The worker's calls about stored packages. One that takes time answers on the port that comes with it, as `CallMessage`s. */
export interface PackagesApi {
  /** To be called first, once. */
  configureStore(settings: StoreSettings): Promise<void>;
  listPackages(): Promise<readonly StoredPackage[]>;
  /** Answers with `PackagesMessage`s until the page closes its end of the port or sends an abort, or until one says that it has ended. */
  watchPackages(port: MessagePort): void;
  /**
   * Makes a package complete without opening it, also one that was paused. Answers with progress, then `StoredPackage`. Several tabs that
   * ask for one package share the one download.
   */
  downloadPackage(pkg: DevicePackage, options: { readonly priority: DownloadPriority }, port: MessagePort): void;
  /** Stops a download in whichever tab it runs; who waits for it goes on waiting. It stays so after a reload. */
  pauseDownload(id: string): Promise<void>;
  /** Goes on with what was paused or left, from the sources that it began with. Settles once it is under way. */
  resumeDownload(id: string): Promise<void>;
  /** Removes a package, complete or not, and ends its download. Chunks that another one names stay. */
  removePackage(id: string): Promise<void>;
  pinPackage(id: string, isPinned: boolean): Promise<void>;
  /** Reads every chunk again and compares its hash. Answers with progress, then `VerifyResult`. */
  verifyPackage(id: string, port: MessagePort): void;
  /** Answers with a Blob: a tar archive of the folder that a mirror has for this package, not copied until it is read. */
  exportPackage(id: string, port: MessagePort): void;
  /** Takes over such an archive, checking every byte. Answers with progress, then `StoredPackage`. */
  importPackage(archive: Blob, port: MessagePort): void;
}
