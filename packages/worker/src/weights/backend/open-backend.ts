import type { StorageKind } from '@orilla/contract';
import { opfsFiles } from './chunk-files.ts';
import { type ChunkRow, chunkStore, sweepChunkFiles } from './chunk-store.ts';
import { indexedDbDatabases } from './indexed-db-databases.ts';
import { upgradeStore } from './upgrade-store.ts';
import type { WeightBackend } from './weight-backend.ts';

export interface OpenBackendOptions {
  /** Where new chunks go. Those that are there are found wherever they are. */
  readonly kind: StorageKind;
  /** Before the names of everything that is kept. Default: `orilla`. */
  readonly name?: string;
  /** `null` where there are none: files can't be written then. */
  readonly locks?: Pick<LockManager, 'request'> | null;
}

/**
 * Opens the browser's store, and brings one that an earlier version left to the present form.
 * @throws OrillaError `storage.unavailable`, also where a newer version has written the store
 */
export async function openBackend({
  kind,
  name = 'orilla',
  locks = globalThis.navigator?.locks ?? null,
}: OpenBackendOptions): Promise<WeightBackend> {
  await upgradeStore({ name, locks });
  return presentBackend({ kind, name, locks });
}

/** The store as this version has it. */
export function presentBackend({ kind, name, locks }: Required<OpenBackendOptions>): WeightBackend {
  const { open } = indexedDbDatabases;
  const rows = open<ChunkRow>(`${name}-chunks`, 'chunks');
  const files = opfsFiles({ folder: `${name}-chunks`, locks });
  return {
    chunks: chunkStore({ rows, files, kind }),
    packages: open(`${name}-packages`, 'packages'),
    drafts: open(`${name}-drafts`, 'drafts'),
    marks: open(`${name}-marks`, 'marks'),
    sweep: () => sweepChunkFiles({ rows, files }),
  };
}
