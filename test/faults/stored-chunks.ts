import type { Page } from '@playwright/test';

// Looks into IndexedDB, and the files that it names, itself: what the store says of itself is what is being tested.

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
    type Row = Blob | { readonly file: string };
    const [keys, rows] = await Promise.all([done(store.getAllKeys()), done<Row[]>(store.getAll())]);
    database.close();
    const bytesOf = async (row: Row) => {
      if (row instanceof Blob) return row.arrayBuffer();
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('orilla-chunks');
      return (await (await folder.getFileHandle(row.file)).getFile()).arrayBuffer();
    };
    const chunks = [];
    for (const [index, row] of rows.entries()) {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await bytesOf(row)));
      const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
      chunks.push({ sha256: String(keys[index]), isIntact: found === keys[index] });
    }
    return chunks;
  });
}
