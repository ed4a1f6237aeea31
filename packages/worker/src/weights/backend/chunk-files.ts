import { askStorage } from './storage-errors.ts';

/** A file that has a chunk's bytes. Its name is never used again, so that two tabs never write the same one. */
export interface ChunkFile {
  readonly file: string;
  readonly bytes: number;
}

/** Files with chunks. @throws OrillaError `storage.quota-exceeded`, `storage.unavailable` */
export interface ChunkFiles {
  /** Writes a new file and gives it to `use`, which makes it count. Without that it is removed again, sooner or later. */
  write(key: string, value: Blob, use: (file: ChunkFile) => Promise<void>): Promise<void>;
  /** By name. A file that is gone or not as long as it was is not among them. The Blobs read from the disk when they are read. */
  open(files: readonly ChunkFile[]): Promise<ReadonlyMap<string, Blob>>;
  remove(files: readonly ChunkFile[]): Promise<void>;
  /** Removes all files but those that `named` gives. */
  sweep(named: () => Promise<readonly ChunkFile[]>): Promise<void>;
}

export interface OpfsFilesOptions {
  /** Of the origin's private file system. */
  readonly folder: string;
  readonly storage?: Pick<StorageManager, 'getDirectory'> | undefined;
  readonly locks: Pick<LockManager, 'request'> | null;
}

/** The origin private file system. Asked for only where there is something to be read or written. */
export function opfsFiles({ folder, storage = globalThis.navigator?.storage, locks }: OpfsFilesOptions): ChunkFiles {
  const openFolder = async ({ create = false } = {}): Promise<FileSystemDirectoryHandle> => {
    if (!storage) throw new DOMException('There is no private file system.', 'NotSupportedError');
    return (await storage.getDirectory()).getDirectoryHandle(folder, { create });
  };
  // Whoever writes shares it; whoever sweeps has it alone, or does not sweep.
  const lockName = `${folder}-files`;
  return {
    write: (key, value, use) =>
      askStorage(async () => {
        if (!locks) throw new DOMException('There are no locks.', 'NotSupportedError');
        await locks.request(lockName, { mode: 'shared' }, async () => {
          const directory = await openFolder({ create: true });
          const file = `${key}-${crypto.randomUUID()}`;
          try {
            await writeFile(await directory.getFileHandle(file, { create: true }), value);
          } catch (error) {
            // A sweep takes it where this fails too; why it could not be written is what counts.
            await removeEntry(directory, file).catch(() => undefined);
            throw error;
          }
          // Where this fails the file may be in use all the same.
          await use({ file, bytes: value.size });
        });
      }),
    async open(files) {
      if (files.length === 0) return new Map();
      return askStorage(async () => {
        const directory = await openFolder({ create: true });
        const opened = await Promise.all(files.map((file) => openFile(directory, file)));
        return new Map(opened.flatMap((found) => found ?? []));
      });
    },
    async remove(files) {
      if (files.length === 0) return;
      await askStorage(async () => {
        const directory = await openFolder({ create: true });
        await Promise.all(files.map(({ file }) => removeEntry(directory, file)));
      });
    },
    async sweep(named) {
      const directory = await openFolder().catch(() => null); // nothing was ever written there
      if (!directory || !locks) return;
      await locks.request(lockName, { ifAvailable: true }, (lock) =>
        lock ? askStorage(() => removeOthers(directory, named)) : undefined,
      );
    },
  };
}

async function writeFile(handle: FileSystemFileHandle, value: Blob): Promise<void> {
  // Only workers have the faster way.
  if (!('createSyncAccessHandle' in handle)) return writeStream(handle, value);
  const access = await handle.createSyncAccessHandle();
  try {
    const bytes = new Uint8Array(await value.arrayBuffer());
    for (let at = 0; at < bytes.length; ) {
      const written = access.write(bytes.subarray(at), { at });
      // Chromium gives its own error number for a count where the disk is full in the middle of a write.
      if (written < 1 || written > bytes.length - at) throw new DOMException('The disk is full.', 'QuotaExceededError');
      at += written;
    }
    // Its row must not come to the disk before it.
    access.flush();
  } finally {
    access.close();
  }
}

async function writeStream(handle: FileSystemFileHandle, value: Blob): Promise<void> {
  const writable = await handle.createWritable();
  await value.stream().pipeTo(writable);
}

async function openFile(
  directory: FileSystemDirectoryHandle,
  { file, bytes }: ChunkFile,
): Promise<readonly [readonly [string, Blob]] | null> {
  try {
    const found = await (await directory.getFileHandle(file)).getFile();
    return found.size === bytes ? [[file, found]] : null;
  } catch (error) {
    if (isNamed(error, 'NotFoundError')) return null;
    throw error;
  }
}

async function removeOthers(
  directory: FileSystemDirectoryHandle,
  named: () => Promise<readonly ChunkFile[]>,
): Promise<void> {
  const found: string[] = [];
  for await (const name of directory.keys()) found.push(name);
  const kept = new Set((await named()).map(({ file }) => file));
  await Promise.all(found.filter((name) => !kept.has(name)).map((name) => removeEntry(directory, name)));
}

/** One that another tab has removed, or is just removing, is passed over; a sweep takes it where it stays after all. */
async function removeEntry(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await directory.removeEntry(name);
  } catch (error) {
    if (!isNamed(error, 'NotFoundError') && !isNamed(error, 'NoModificationAllowedError')) throw error;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}
