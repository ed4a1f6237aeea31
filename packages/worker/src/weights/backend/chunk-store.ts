import type { StorageKind } from '@orilla/contract';
import type { ChunkFile, ChunkFiles } from './chunk-files.ts';
import type { RecordStore, ValueStore } from './weight-backend.ts';

/** What stands under a chunk's hash: its bytes, or the name of the file that has them. */
export type ChunkRow = Blob | ChunkFile;

export interface ChunkStoreOptions {
  readonly rows: RecordStore<ChunkRow>;
  readonly files: ChunkFiles;
  /** Where new chunks go. Those that are there are read from where they are, so that a changed setting loses nothing. */
  readonly kind: StorageKind;
}

/**
 * Chunks in IndexedDB, or in files with a row in IndexedDB for each. A file counts once its row is there, and no longer when the row is
 * gone: the row is written last and deleted first. A chunk that is there is left where it is: another tab may have its file open.
 */
export function chunkStore({ rows, files, kind }: ChunkStoreOptions): ValueStore<Blob> {
  const open = async (found: readonly (ChunkRow | undefined)[]): Promise<readonly (Blob | undefined)[]> => {
    const opened = await files.open(filesOf(found));
    return found.map((row) => (isFile(row) ? opened.get(row.file) : row));
  };
  const getMany = async (keys: readonly string[]) => open(await rows.getMany(keys));
  return {
    get: async (key) => (await getMany([key]))[0],
    getMany,
    keys: () => rows.keys(),
    async put(key, value) {
      const before = await rows.get(key);
      const [there] = await open([before]);
      if (there?.size === value.size) return;
      const add = async (row: ChunkRow): Promise<void> => {
        let unused: ChunkRow | undefined;
        await rows.update(key, (now) => {
          const isAsBefore = nameOf(now) === nameOf(before);
          unused = isAsBefore ? now : row;
          return isAsBefore ? row : (now ?? row); // another tab was faster
        });
        await files.remove(filesOf([unused]));
      };
      await (kind === 'opfs' ? files.write(key, value, add) : add(value));
    },
    async delete(keys) {
      const found = await rows.getMany(keys);
      await rows.delete(keys);
      await files.remove(filesOf(found));
    },
  };
}

/** Of the file, where it is in one. */
function nameOf(row: ChunkRow | undefined): string | undefined {
  return isFile(row) ? row.file : row && 'in the row';
}

/** Removes files that no row names. */
export function sweepChunkFiles({ rows, files }: Pick<ChunkStoreOptions, 'rows' | 'files'>): Promise<void> {
  return files.sweep(async () => filesOf(await rows.getMany(await rows.keys())));
}

function filesOf(rows: readonly (ChunkRow | undefined)[]): readonly ChunkFile[] {
  return rows.filter(isFile);
}

function isFile(row: ChunkRow | undefined): row is ChunkFile {
  return row !== undefined && 'file' in row;
}
