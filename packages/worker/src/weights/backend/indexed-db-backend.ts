import { OrillaError } from '@orilla/contract';
import { createStore, delMany, get, getMany, keys, set, type UseStore, update } from 'idb-keyval';
import type { RecordStore, WeightBackend } from './weight-backend.ts';

/** IndexedDB, which keeps Blobs outside its tables: reading one gives a handle to a file, not its bytes. */
export function indexedDbBackend({ name = 'orilla' } = {}): WeightBackend {
  // One database each: idb-keyval makes one object store a database.
  return {
    chunks: recordStore(createStore(`${name}-chunks`, 'chunks')),
    packages: recordStore(createStore(`${name}-packages`, 'packages')),
    drafts: recordStore(createStore(`${name}-drafts`, 'drafts')),
    marks: recordStore(createStore(`${name}-marks`, 'marks')),
  };
}

function recordStore<T>(store: UseStore): RecordStore<T> {
  return {
    get: (key) => told(() => get<T>(key, store)),
    put: (key, value) => told(() => set(key, value, store)),
    update: (key, change) => told(() => update<T>(key, change, store)),
    delete: (all) => told(() => delMany([...all], store)),
    keys: () => told(() => keys<string>(store)),
    getMany: (all) => told(() => getMany<T>([...all], store)),
  };
}

async function told<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError')
      throw new OrillaError('storage.quota-exceeded', 'The browser has no room left for the model.', {
        advice: 'Remove another model, or free disk space.',
        cause: error,
      });
    throw new OrillaError('storage.unavailable', "The browser's storage can't be used.", {
      advice: 'Leave private browsing, or allow this site to store data.',
      cause: error,
    });
  }
}
