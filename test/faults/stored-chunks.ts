import type { Page } from '@playwright/test';

// Looks into IndexedDB itself: what the store says of itself is what is being tested.

/** What stands among the chunks: each hash, and whether its bytes have it. */
export interface StoredChunk {
  readonly sha256: string;
  readonly isIntact: boolean;
}

export function storedChunks(page: Page): Promise<readonly StoredChunk[]> {
  return page.evaluate(async () => {
    // Opening a database that is not there would make it, without the table that the store expects in it.
    const isThere = (await indexedDB.databases()).some(({ name }) => name === 'orilla-chunks');
    if (!isThere) return [];
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open('orilla-chunks'));
    const store = database.transaction('chunks').objectStore('chunks');
    const [keys, blobs] = await Promise.all([done(store.getAllKeys()), done<Blob[]>(store.getAll())]);
    database.close();
    const chunks = [];
    for (const [index, blob] of blobs.entries()) {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
      const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
      chunks.push({ sha256: String(keys[index]), isIntact: found === keys[index] });
    }
    return chunks;
  });
}
