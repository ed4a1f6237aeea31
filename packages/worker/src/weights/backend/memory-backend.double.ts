import type { RecordStore, WeightBackend } from './weight-backend.ts';

/** Keeps weights in memory, for tests outside a browser; it passes the same suite as the real one. */
export function memoryBackend(): WeightBackend {
  return {
    chunks: memoryRecords(),
    packages: memoryRecords(),
    drafts: memoryRecords(),
    marks: memoryRecords(),
    sweep: async () => undefined,
  };
}

export function memoryRecords<T>(): RecordStore<T> {
  const values = new Map<string, T>();
  return {
    get: async (key) => values.get(key),
    put: async (key, value) => {
      values.set(key, structuredClone(value));
    },
    update: async (key, change) => {
      const changed = change(values.get(key));
      if (changed !== undefined) values.set(key, structuredClone(changed));
    },
    delete: async (keys) => {
      for (const key of keys) values.delete(key);
    },
    keys: async () => [...values.keys()],
    getMany: async (keys) => keys.map((key) => values.get(key)),
  };
}
