import { createStore, delMany, get, getMany, keys, promisifyRequest, set } from 'idb-keyval';
import { askStorage } from './storage-errors.ts';
import type { RecordStore } from './weight-backend.ts';

/** Databases with one object store each, as idb-keyval makes them. */
export interface Databases {
  /** Makes what is not there, with the first call. */
  open<T>(database: string, objectStore: string): RecordStore<T>;
  exists(database: string): Promise<boolean>;
}

export const indexedDbDatabases: Databases = {
  open<T>(database: string, objectStore: string): RecordStore<T> {
    const store = createStore(database, objectStore);
    return {
      get: (key) => askStorage(() => get<T>(key, store)),
      put: (key, value) => askStorage(() => set(key, value, store)),
      update: (key, change) => askStorage(() => store('readwrite', (rows) => changeRow<T>(rows, key, change))),
      delete: (all) => askStorage(() => delMany([...all], store)),
      keys: () => askStorage(() => keys<string>(store)),
      getMany: (all) => askStorage(() => getMany<T>([...all], store)),
    };
  },
  exists: (database) => askStorage(() => isThere(indexedDB.open(database))),
};

/** As idb-keyval's own, but for a change that is none: that would write an empty row. */
function changeRow<T>(
  rows: IDBObjectStore,
  key: string,
  change: (value: T | undefined) => T | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const found: IDBRequest<T | undefined> = rows.get(key);
    found.onerror = () => reject(found.error);
    found.onsuccess = () => {
      try {
        const changed = change(found.result);
        if (changed !== undefined) rows.put(changed, key);
        resolve(promisifyRequest(rows.transaction));
      } catch (error) {
        reject(error);
      }
    };
  });
}

/** To open a database is to make it, unless the making is called off. */
function isThere(request: IDBOpenDBRequest): Promise<boolean> {
  return new Promise((resolve, reject) => {
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onsuccess = () => {
      request.result.close();
      resolve(true);
    };
    request.onerror = () => (request.error?.name === 'AbortError' ? resolve(false) : reject(request.error));
  });
}
