import { open } from 'node:fs/promises';

/** Returns when what a file holds, or the names in a folder, outlive a loss of power. Windows opens no folder, and keeps names by itself. */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (process.platform !== 'win32') throw error;
  });
  try {
    await file?.sync();
  } catch (error) {
    // Some file systems sync no folders, and Windows nothing that is open for reading only.
    if (!/^E(INVAL|PERM|NOTSUP)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error; // what Node rejects with
  } finally {
    await file?.close();
  }
}
