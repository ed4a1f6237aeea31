export interface KeptPromisesOptions<Value> {
  readonly most: number;
  /** Gives back what a value holds. It may still be in use by those that took it before. */
  readonly free: (value: Value) => void;
}

/** What was made for the last few keys. What is asked for while it is made is made once; what could not be made is tried anew. */
export class KeptPromises<Value> {
  readonly #kept = new Map<string, Promise<Value>>();
  readonly #options: KeptPromisesOptions<Value>;

  constructor(options: KeptPromisesOptions<Value>) {
    this.#options = options;
  }

  get(key: string, make: () => Promise<Value>): Promise<Value> {
    const value = this.#kept.get(key) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, value);
    value.catch(() => this.#forget(key, value));
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > this.#options.most) this.#free(oldest);
    return value;
  }

  clear(): void {
    for (const key of [...this.#kept.keys()]) this.#free(key);
  }

  #forget(key: string, value: Promise<Value>): void {
    if (this.#kept.get(key) === value) this.#kept.delete(key);
  }

  #free(key: string): void {
    const value = this.#kept.get(key);
    this.#kept.delete(key);
    // What could not be made holds nothing, and has been told to those who asked for it.
    value?.then(this.#options.free, () => undefined);
  }
}
