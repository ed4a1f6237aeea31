import { isOrillaError, type StorageKind, type WeightFiles } from '@orilla/contract';
import { sha256 } from '../pieces/sha256.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { failedBehaviours } from './backend-behaviour.double.ts';
import { openBackend } from './open-backend.ts';

// What the browser tests call, in a page or a worker.

/** Which behaviours the real backend does not have, and why; each is tried on a store of its own. */
export function checkBackend(kind: StorageKind, name: string): Promise<readonly string[]> {
  return failedBehaviours((index) => openBackend({ kind, name: `${name}-${index}` }));
}

/** Names of the files in a folder of the private file system; none where it is not there. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const [name, entry] of root.entries())
    if (name === folder && entry instanceof FileSystemDirectoryHandle)
      for await (const file of entry.keys()) names.push(file);
  return names;
}

/** What this version finds in the store: SHA-256 of every file of complete packages, bytes of those on their way. */
export async function storedContents(kind: StorageKind) {
  const backend = await openBackend({ kind });
  const shelf = new WeightShelf(backend, { locks: navigator.locks });
  await shelf.collectGarbage();
  const opened: Record<string, Record<string, string>> = {};
  const onTheWay: Record<string, number> = {};
  for (const { id, bytes } of await shelf.list()) {
    const found = await shelf.open(id);
    if (!found) onTheWay[id] = bytes;
    else opened[id] = await hashesOfFiles(found.files);
  }
  return { opened, onTheWay };
}

async function hashesOfFiles(files: WeightFiles): Promise<Record<string, string>> {
  const hashed = [...files].map(
    async ([path, blob]) => [path, await sha256(new Uint8Array(await blob.arrayBuffer()))] as const,
  );
  return Object.fromEntries(await Promise.all(hashed));
}

/** Puts chunks of 1 MiB until one is refused; tells why, how many are there, and how many files are left beside them. */
export async function putUntilRefused(kind: StorageKind, times: number) {
  const { chunks, sweep } = await openBackend({ kind, name: 'full' });
  let refusal: unknown = null;
  for (let time = 1; time <= times && refusal === null; time += 1)
    await chunks.put(`chunk-${time}`, new Blob([new Uint8Array(1024 ** 2).fill(time)])).catch((error: unknown) => {
      refusal = error;
    });
  const stored = await chunks.keys();
  const sizes = (await chunks.getMany(stored)).map((blob) => blob?.size);
  await sweep();
  return {
    code: isOrillaError(refusal) ? refusal.code : String(refusal),
    areWhole: sizes.every((size) => size === 1024 ** 2),
    stored: stored.length,
    files: (await filesIn('full-chunks')).length,
  };
}
