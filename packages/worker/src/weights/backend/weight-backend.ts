import type { ModelManifest } from '@orilla/contract';

/** A package that is not complete: what its source said it consists of, and what of it is here. */
export interface Draft {
  readonly manifest: ModelManifest;
  /**
   * In quarantine, for files of which only the whole file's hash is known: the hash of every piece that was fetched, by the file's
   * path; `null` where a piece is still missing. No engine can open them before the file's own hash holds.
   */
  readonly quarantine?: Readonly<Record<string, readonly (string | null)[]>>;
}

/** Values by key. `put` replaces what was there; `delete` passes over what is not. */
export interface RecordStore<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  /** Changes one value in one step, so that two changes at the same time both count. */
  update(key: string, change: (value: T | undefined) => T): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  keys(): Promise<readonly string[]>;
  /** The values of `keys`, in their order. */
  getMany(keys: readonly string[]): Promise<readonly (T | undefined)[]>;
}

/**
 * Where weights are kept. A chunk stands under its SHA-256 and is shared by all packages that name it; a package is complete once its
 * manifest stands here. What is put is there after the tab or the browser is gone.
 * @throws OrillaError `storage.quota-exceeded`, `storage.unavailable`, from every call
 */
export interface WeightBackend {
  readonly chunks: RecordStore<Blob>;
  /** By package id. */
  readonly manifests: RecordStore<ModelManifest>;
  /** By package id. */
  readonly drafts: RecordStore<Draft>;
}
