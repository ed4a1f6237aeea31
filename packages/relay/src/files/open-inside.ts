import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isPackagePath } from '@orilla/contract';

/** An open file. Whoever has it closes it. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/**
 * Opens a file below a folder for reading; `undefined` where there is no such file. `path` is a plain relative one with
 * `/` between its parts: hidden parts, `..`, empty parts and anything else with a meaning of its own is no file, and
 * neither is what a link leads out of the folder to.
 */
export async function openInside(folder: string, path: string): Promise<OpenFile | undefined> {
  if (!isPackagePath(path)) return undefined;
  try {
    const [root, target] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
    if (!target.startsWith(root + sep)) return undefined;
    // The real path holds no link; if somebody puts one there right now, it is not followed.
    const handle = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const file = await handle.stat();
    if (file.isFile()) return { handle, bytes: file.size, modifiedMs: file.mtimeMs };
    await handle.close();
    return undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** What a client may not see is not there. Running out of file handles, though, is a failure and has to show. */
export function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'EISDIR'].some((absent) => absent === code);
}
