import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Smaller files are not what is measured. */
const minBytes = 64 * 1024;

/**
 * Asks the system to forget what it keeps in memory of the larger files in a folder, so that they are read from the disk the next time. Nobody
 * else's files are touched.
 * @throws Error where there is no GNU `dd`
 */
export async function dropPageCache(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await stat(path)).size < minBytes) continue;
    // First to the disk: what is not there yet can't be forgotten.
    await run('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
    await run('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
  }
}
