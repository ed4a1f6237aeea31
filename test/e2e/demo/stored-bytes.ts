import type { Page } from '@playwright/test';

/** Bytes of all binary values in the page's IndexedDB databases, as a reader of the disk would count them. */
export function storedBytes(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const sizeOf = (value: unknown): number => {
      if (value instanceof Blob) return value.size;
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
      return 0;
    };
    let bytes = 0;
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const values: unknown[] = await settled(database.transaction(store).objectStore(store).getAll());
        for (const value of values) bytes += sizeOf(value);
      }
      database.close();
    }
    return bytes;
  });
}
