/** What a browser offers to keep storage; `navigator.storage` of a window is one. */
export type KeepableStorage = Pick<StorageManager, 'persist' | 'persisted'>;

/**
 * Asks the browser, once, not to evict what this page stores. Only a window may ask; browsers answer by their own rules, or ask the reader.
 * Without it the weights work as well, but the browser may delete them when the disk is full, and they are then fetched again.
 */
export class StorageKeeper {
  readonly #storage: KeepableStorage | null;
  #asked: Promise<boolean> | null = null;

  constructor(storage: KeepableStorage | null) {
    this.#storage = storage;
  }

  /** Does not wait for the answer: a reader may take long to give one, and a download need not. */
  ask(): void {
    this.#asked ??= keep(this.#storage);
    // Where storage may not even be asked about, nothing is kept: `isKept` says so.
    this.#asked.catch(() => false);
  }

  /** Whether the browser keeps what this page stores. False where it does not tell. */
  async isKept(): Promise<boolean> {
    try {
      return (await this.#storage?.persisted()) ?? false;
    } catch {
      return false; // an opaque origin has no storage to keep
    }
  }
}

async function keep(storage: KeepableStorage | null): Promise<boolean> {
  if (!storage) return false;
  return (await storage.persisted()) || (await storage.persist());
}

/** The storage of this window; `null` in workers and in Node, which may not ask. */
export function windowStorage(): KeepableStorage | null {
  const storage = globalThis.navigator?.storage;
  // Typed as always there; a worker's has no `persist`, and an insecure page has none at all.
  return typeof storage?.persist === 'function' ? storage : null;
}
