import type { Page } from '@playwright/test';

/** Changes one byte of one stored chunk, as a failing disk would, and resolves with the chunk's size. */
export function damageChunk(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const keys = await settled(database.transaction(store).objectStore(store).getAllKeys());
        for (const key of keys) {
          const value: unknown = await settled(database.transaction(store).objectStore(store).get(key));
          if (!(value instanceof Blob) || value.size < 1_000_000) continue;
          const bytes = new Uint8Array(await value.arrayBuffer());
          bytes[1000] = (bytes[1000] ?? 0) ^ 1;
          await settled(
            database
              .transaction(store, 'readwrite')
              .objectStore(store)
              .put(new Blob([bytes]), key),
          );
          database.close();
          return value.size;
        }
      }
      database.close();
    }
    throw new Error('No chunk is stored.');
  });
}
