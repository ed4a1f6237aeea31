import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { readLocalFile } from '../files/read-local-file.ts';
import { NotServed, type StepOptions, type StoredFile } from './mirror-reader.ts';
import { lockName, lockPackage } from './pack-lock.ts';
import { partPath } from './package-paths.ts';
import type { PackageTarget, PutFileOptions } from './package-target.ts';
import { syncPath } from './sync-path.ts';

export interface FolderTargetOptions {
  /** Returns when what a file holds, or the names in a folder, outlive a loss of power. */
  readonly sync?: (path: string) => Promise<void>;
}

/** A mirror's folder on this machine. It is made when the first file is put there. */
export class FolderTarget implements PackageTarget {
  readonly name: string;
  readonly keepsParts = true;
  readonly #folder: string;
  readonly #sync: (path: string) => Promise<void>;

  constructor(folder: string, { sync = syncPath }: FolderTargetOptions = {}) {
    this.name = folder;
    this.#folder = folder;
    this.#sync = sync;
  }

  async lock(id: string): Promise<() => Promise<void>> {
    this.#at(id);
    return lockPackage(this.#folder, id);
  }

  async listFiles(id: string | null): Promise<readonly StoredFile[]> {
    const files: StoredFile[] = [];
    await this.#list(id ?? '', files);
    return files;
  }

  async readFile(path: string, { signal }: StepOptions = {}): Promise<AsyncIterable<Uint8Array> | null> {
    const at = this.#at(path);
    const found = await stat(at).catch(absent);
    if (!found?.isFile()) return null;
    if (await this.#leadsOut(path))
      throw new NotServed(`${path} leads out of its package by a link: no mirror serves it.`);
    return readLocalFile(at, signal ? { signal } : {});
  }

  /** As the relay's mirror has it: what a link leads out of the folder of a package's files to is not there. */
  async #leadsOut(path: string): Promise<boolean> {
    const [id = '', folder, ...file] = path.split('/');
    if (folder !== 'files' || file.length === 0) return false;
    const [root, real] = await Promise.all([realpath(this.#at(`${id}/files`)), realpath(this.#at(path))]);
    return !real.startsWith(root + sep);
  }

  async putFile(path: string, content: AsyncIterable<Uint8Array>, { part, signal }: PutFileOptions): Promise<void> {
    const to = this.#at(path);
    const from = this.#at(part?.path ?? partPath(path));
    await mkdir(dirname(to), { recursive: true });
    try {
      const file = await open(from, part && part.bytes > 0 ? 'a' : 'w');
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
      if (!part) await rm(from, { force: true });
      throw error;
    }
    await this.#replace(from, to);
  }

  async removeFile(path: string): Promise<void> {
    const at = this.#at(path);
    const isRemoved = await rm(at).then(() => true, absent);
    // Else a manifest that was removed first could come back behind files that it does not describe.
    if (isRemoved) await this.#sync(dirname(at));
  }

  async linkFile(path: string, localPath: string): Promise<boolean> {
    const to = this.#at(path);
    const part = this.#at(partPath(path));
    await mkdir(dirname(to), { recursive: true });
    await rm(part, { force: true });
    // A mirror gives nothing that a link leads out of it to, so it has to be the file and not a link to it.
    const from = await realpath(localPath);
    // A clone first: it stays as it is when somebody writes the file that it was made of.
    const isShared = (await works(() => clone(from, part))) || (await works(() => linkReadable(from, part)));
    if (isShared) {
      await this.#sync(part);
      await this.#replace(part, to);
    } else await rm(part, { force: true });
    return isShared;
  }

  async #replace(part: string, to: string): Promise<void> {
    await rename(part, to);
    // Renaming one name of a file to another name of the same file does nothing and leaves both.
    await rm(part, { force: true });
    await this.#sync(dirname(to));
  }

  /** @throws Error for a path that leads out of the folder */
  #at(path: string): string {
    const at = join(this.#folder, path);
    const inside = relative(this.#folder, at);
    if (inside.split(sep)[0] === '..' || isAbsolute(inside))
      throw new Error(`${JSON.stringify(path)} leads out of ${this.#folder}: nothing is put there.`);
    return at;
  }

  async #list(path: string, files: StoredFile[]): Promise<void> {
    const entries = (await readdir(this.#at(path), { withFileTypes: true }).catch(absent)) ?? [];
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.name === lockName) continue;
      if (entry.isDirectory()) await this.#list(inside, files);
      else files.push({ path: inside, bytes: (await stat(this.#at(inside)).catch(absent))?.size ?? 0 });
    }
  }
}

const anybodyReads = 0o444;

async function clone(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
  await chmod(to, (await stat(to)).mode | anybodyReads);
}

/** A link has the mode of its file, which is not ours to change: one that the relay may not be let to read is copied instead. */
async function linkReadable(from: string, to: string): Promise<void> {
  const { mode } = await stat(from);
  if ((mode & anybodyReads) !== anybodyReads) throw new Error('Not everybody may read it.');
  await link(from, to);
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
