import type { StorageKind } from '@orilla/contract';
import { failedBehaviours } from './backend-behaviour.double.ts';
import { openBackend } from './open-backend.ts';

// What the browser tests call, in a page or a worker.

/** Which behaviours the real backend does not have, and why; each is tried on a store of its own. */
export function checkBackend(kind: StorageKind, name: string): Promise<readonly string[]> {
  return failedBehaviours((index) => openBackend({ kind, name: `${name}-${index}` }));
}

/** Names of the files in a folder of the private file system. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of (await root.getDirectoryHandle(folder, { create: true })).keys()) names.push(name);
  return names;
}
