import { createStore, delMany, get, getMany, keys, set, update } from 'idb-keyval';
import { askStorage } from './storage-errors.ts';
import type { RecordStore } from './weight-backend.ts';

/** Values in a database of their own: idb-keyval makes one object store a database. It is made with the first call. */
export function indexedDbRecords<T>(database: string, objectStore: string): RecordStore<T> {
  const store = createStore(database, objectStore);
  return {
    get: (key) => askStorage(() => get<T>(key, store)),
    put: (key, value) => askStorage(() => set(key, value, store)),
    update: (key, change) => askStorage(() => update<T>(key, change, store)),
    delete: (all) => askStorage(() => delMany([...all], store)),
    keys: () => askStorage(() => keys<string>(store)),
    getMany: (all) => askStorage(() => getMany<T>([...all], store)),
  };
}
