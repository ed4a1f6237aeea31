/** Values that were used lately, within a number of them and a sum of their sizes. */
export interface RecentValues<T> {
  get(key: string): T | undefined;
  /** What was used longest ago goes where there is no room; a value larger than all the room is not kept at all. */
  set(key: string, value: T, sizeBytes: number): void;
  delete(key: string): void;
}

export interface KeepRecentOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export function keepRecent<T>({ maxEntries, maxBytes }: KeepRecentOptions): RecentValues<T> {
  /** In the order of their last use. */
  const entries = new Map<string, { readonly value: T; readonly sizeBytes: number }>();
  let bytes = 0;

  function drop(key: string): void {
    bytes -= entries.get(key)?.sizeBytes ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, sizeBytes) {
      drop(key);
      entries.set(key, { value, sizeBytes });
      bytes += sizeBytes;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && bytes <= maxBytes) break;
        drop(oldest);
      }
    },
    delete: drop,
  };
}
