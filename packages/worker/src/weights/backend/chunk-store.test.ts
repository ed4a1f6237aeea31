import { expect, test } from 'vitest';
import { backendBehaviours } from './backend-behaviour.double.ts';
import type { ChunkFile, ChunkFiles } from './chunk-files.ts';
import { type ChunkRow, chunkStore, sweepChunkFiles } from './chunk-store.ts';
import { memoryBackend, memoryRecords } from './memory-backend.double.ts';

/** Files in memory; the real ones are tested in Chromium. */
function memoryFiles(): ChunkFiles & { readonly kept: Map<string, Blob> } {
  const kept = new Map<string, Blob>();
  let last = 0;
  return {
    kept,
    async write(key, value, use) {
      last += 1;
      const file = `${key}-${last}`;
      kept.set(file, value);
      await use({ file, bytes: value.size });
    },
    open: async (files) =>
      new Map(
        files.flatMap(({ file, bytes }) => {
          const found = kept.get(file);
          return found?.size === bytes ? [[file, found] as const] : [];
        }),
      ),
    remove: async (files) => {
      for (const { file } of files) kept.delete(file);
    },
    sweep: async (named) => {
      const names = new Set((await named()).map(({ file }) => file));
      for (const file of kept.keys()) if (!names.has(file)) kept.delete(file);
    },
  };
}

function makeStore() {
  const rows = memoryRecords<ChunkRow>();
  const files = memoryFiles();
  return {
    rows,
    files,
    inFiles: chunkStore({ rows, files, kind: 'opfs' }),
    inRows: chunkStore({ rows, files, kind: 'indexeddb' }),
  };
}

const isFile = (row: ChunkRow | undefined): row is ChunkFile => row !== undefined && 'file' in row;

test.each(backendBehaviours)('chunks in files: $name', ({ check }) => {
  const { inFiles, rows, files } = makeStore();
  const backend = {
    ...memoryBackend(),
    chunks: inFiles,
    // Writes in memory take no time in which a sweep could come.
    sweep: () => sweepChunkFiles({ rows, files }),
  };
  return check(async () => backend);
});

test('a changed setting loses nothing: what is in rows is read by who writes files, and the other way round', async () => {
  const { inFiles, inRows } = makeStore();
  await inRows.put('a', new Blob(['in a row']));
  await inFiles.put('b', new Blob(['in a file']));
  for (const store of [inFiles, inRows]) {
    expect(await Promise.all((await store.getMany(['a', 'b'])).map((blob) => blob?.text()))).toEqual([
      'in a row',
      'in a file',
    ]);
    expect(await store.keys()).toEqual(['a', 'b']);
  }
});

test('a file that is replaced or deleted goes, whichever way', async () => {
  const { inFiles, inRows, files } = makeStore();
  await inFiles.put('a', new Blob(['1']));
  await inFiles.put('a', new Blob(['2']));
  expect([...files.kept.keys()]).toEqual(['a-2']);
  await inRows.put('a', new Blob(['3']));
  expect(files.kept.size).toBe(0);
  await inFiles.put('b', new Blob(['4']));
  await inRows.delete(['a', 'b']);
  expect(files.kept.size).toBe(0);
  expect(await inRows.keys()).toEqual([]);
});

test('a file that is gone, or shorter than it was, is not there', async () => {
  const { inFiles, rows, files } = makeStore();
  for (const key of ['whole', 'gone', 'short']) await inFiles.put(key, new Blob(['bytes']));
  const nameOf = async (key: string) => {
    const row = await rows.get(key);
    return isFile(row) ? row.file : '';
  };
  files.kept.delete(await nameOf('gone'));
  files.kept.set(await nameOf('short'), new Blob(['byte']));
  expect((await inFiles.getMany(['whole', 'gone', 'short'])).map((blob) => blob?.size)).toEqual([
    5,
    undefined,
    undefined,
  ]);
});

test('a file counts once its row is there: a write that is cut off leaves nothing to read, and a sweep takes it', async () => {
  const { rows, files } = makeStore();
  const refusing = { ...rows, update: () => Promise.reject(new Error('the tab is gone')) };
  const store = chunkStore({ rows: refusing, files, kind: 'opfs' });
  await expect(store.put('a', new Blob(['bytes']))).rejects.toThrow('the tab is gone');
  expect(await store.keys()).toEqual([]);
  expect(files.kept.size).toBe(1);
  await sweepChunkFiles({ rows, files });
  expect(files.kept.size).toBe(0);
});
