import type { DevicePackage, ModelManifest, PackageSource } from '@orilla/contract';

/** What a package consists of, and where that was said. */
export interface PackageRecord {
  readonly manifest: ModelManifest;
  /**
   * The manifest as its source sent it, for an export: its signature covers fields too that this version does not know. `null` where it was
   * made from a hub's metadata.
   */
  readonly document: string | null;
  /** As the catalog told of it, with its sources: what is lost or left is fetched from there. `null` for one that was imported. */
  readonly pkg: DevicePackage | null;
}

/** Of a file of which only the whole hash is known: what came of it so far. No engine can open it before that hash holds. */
export interface QuarantinedFile {
  /** The hash of every piece that was fetched; `null` where one is missing. */
  readonly pieces: readonly (string | null)[];
  /** Which address gave each of them; `null` where that is not known. */
  readonly urls?: readonly (string | null)[];
  /** Of the whole file, as far as it came without a gap: how many pieces are in it, and what the hash function needs to go on. */
  readonly hashed?: { readonly pieces: number; readonly state: Uint8Array<ArrayBuffer> };
}

/** A package that is not complete. */
export interface Draft extends PackageRecord {
  /** By the file's path. */
  readonly quarantine?: Readonly<Record<string, QuarantinedFile>>;
  /** Stays so until somebody resumes it. */
  readonly isPaused?: boolean;
  /** Which of the package's sources said what it consists of; absent where that is not known. */
  readonly source?: PackageSource;
  /** What the draft has stored in whose place this one came: it stays until what this one can use of it is taken over. */
  readonly earlier?: Pick<Draft, 'manifest' | 'quarantine'>;
}

/** What people and their use of it say of a package; kept apart, since it changes often and the package does not. */
export interface PackageMarks {
  readonly isPinned: boolean;
  /** In milliseconds since the Unix epoch. */
  readonly lastUsedMs: number;
}

/** Values by key. `put` replaces what was there; `delete` passes over what is not. */
export interface ValueStore<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  keys(): Promise<readonly string[]>;
  /** The values of `keys`, in their order. */
  getMany(keys: readonly string[]): Promise<readonly (T | undefined)[]>;
}

/** Values small enough to be changed in place. */
export interface RecordStore<T> extends ValueStore<T> {
  /** Changes one value in one step, so that two changes at the same time both count. A change that gives `undefined` is none. */
  update(key: string, change: (value: T | undefined) => T | undefined): Promise<void>;
}

/**
 * Where weights are kept. A chunk stands under its SHA-256 and is shared by all packages that name it; a package is complete once its
 * record stands in `packages`. What is put is there after the tab or the browser is gone; what was being put then is not there at all.
 * @throws OrillaError `storage.quota-exceeded`, `storage.unavailable`, from every call
 */
export interface WeightBackend {
  /** By SHA-256: under it there is only one content, so that one that is there with its full length may stay when it is put again. */
  readonly chunks: ValueStore<Blob>;
  /** Complete ones, by package id. */
  readonly packages: RecordStore<PackageRecord>;
  /** By package id. */
  readonly drafts: RecordStore<Draft>;
  /** By package id. One without marks is not pinned and was never used. */
  readonly marks: RecordStore<PackageMarks>;
  /** Removes what writes that were cut off have left where `keys` does not show it. Passes over what another tab is just writing. */
  sweep(): Promise<void>;
}
