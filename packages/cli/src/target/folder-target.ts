import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readLocalFile } from '../files/read-local-file.ts';
import type { StepOptions, StoredFile } from './mirror-reader.ts';
import { partPath } from './package-paths.ts';
import type { PackageTarget, PutFileOptions } from './package-target.ts';

/** A mirror's folder on this machine. It is made when the first file is put there. */
export class FolderTarget implements PackageTarget {
  readonly name: string;
  readonly keepsParts = true;
  readonly #folder: string;

  constructor(folder: string) {
    this.name = folder;
    this.#folder = folder;
  }

  async listFiles(id: string | null): Promise<readonly StoredFile[]> {
    const files: StoredFile[] = [];
    await this.#list(id ?? '', files);
    return files;
  }

  async readFile(path: string, { signal }: StepOptions = {}): Promise<AsyncIterable<Uint8Array> | null> {
    const at = this.#at(path);
    const found = await stat(at).catch(absent);
    return found?.isFile() ? readLocalFile(at, signal ? { signal } : {}) : null;
  }

  async putFile(path: string, content: AsyncIterable<Uint8Array>, { append, signal }: PutFileOptions): Promise<void> {
    const to = this.#at(path);
    const part = partPath(to);
    await mkdir(dirname(to), { recursive: true });
    try {
      const file = await open(part, append ? 'a' : 'w');
      try {
        for await (const piece of content) {
          signal?.throwIfAborted();
          await file.writeFile(piece);
        }
        // A manifest must not outlive what it names, whatever happens to the machine.
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (append === undefined) await rm(part, { force: true });
      throw error;
    }
    await replace(part, to);
  }

  async removeFile(path: string): Promise<void> {
    await rm(this.#at(path), { force: true });
  }

  async linkFile(path: string, localPath: string): Promise<boolean> {
    const to = this.#at(path);
    const part = partPath(to);
    await mkdir(dirname(to), { recursive: true });
    await rm(part, { force: true });
    // A mirror gives nothing that a link leads out of it to, so it has to be the file and not a link to it.
    const from = await realpath(localPath);
    const isShared =
      (await works(() => link(from, part))) ||
      (await works(() => copyFile(from, part, constants.COPYFILE_FICLONE_FORCE)));
    if (isShared) await replace(part, to);
    else await rm(part, { force: true });
    return isShared;
  }

  #at(path: string): string {
    return join(this.#folder, path);
  }

  async #list(path: string, files: StoredFile[]): Promise<void> {
    const entries = (await readdir(this.#at(path), { withFileTypes: true }).catch(absent)) ?? [];
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) await this.#list(inside, files);
      else files.push({ path: inside, bytes: (await stat(this.#at(inside)).catch(absent))?.size ?? 0 });
    }
  }
}

/** Renaming one name of a file to another name of the same file does nothing and leaves both. */
async function replace(part: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await rename(part, to);
}

async function works(step: () => Promise<void>): Promise<boolean> {
  return step().then(
    () => true,
    // Another disk, or a file system without links: both are told by errors of several kinds.
    () => false,
  );
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
