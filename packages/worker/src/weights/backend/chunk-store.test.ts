import { expect, test } from 'vitest';
import { backendBehaviours } from './backend-behaviour.double.ts';
import type { ChunkFile, ChunkFiles } from './chunk-files.ts';
import { type ChunkRow, chunkStore, sweepChunkFiles } from './chunk-store.ts';
import { memoryBackend, memoryRecords } from './memory-backend.double.ts';

const { locks } = navigator;

/** Files in memory; the real ones are tested in Chromium. */
function memoryFiles(): ChunkFiles & { readonly kept: Map<string, Blob> } {
  const kept = new Map<string, Blob>();
  let last = 0;
  return {
    kept,
    write: (key, value, use) =>
      locks.request('memory-files', { mode: 'shared' }, async () => {
        last += 1;
        const file = `${key}-${last}`;
        kept.set(file, value);
        await use({ file, bytes: value.size });
      }),
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
    sweep: (named) =>
      locks.request('memory-files', { ifAvailable: true }, async (lock) => {
        if (!lock) return;
        const names = new Set((await named()).map(({ file }) => file));
        for (const file of kept.keys()) if (!names.has(file)) kept.delete(file);
      }),
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

test('a file that is deleted or takes the place of another goes, whichever way', async () => {
  const { inFiles, inRows, files } = makeStore();
  await inFiles.put('a', new Blob(['1']));
  await inFiles.put('a', new Blob(['22']));
  expect([...files.kept.keys()]).toEqual(['a-2']);
  await inRows.put('a', new Blob(['333']));
  expect(files.kept.size).toBe(0);
  await inFiles.put('b', new Blob(['4']));
  await inRows.delete(['a', 'b']);
  expect(files.kept.size).toBe(0);
  expect(await inRows.keys()).toEqual([]);
});

test('a chunk that is there stays in its file or row: somebody may have it open', async () => {
  const { inFiles, inRows, files, rows } = makeStore();
  await inFiles.put('a', new Blob(['1']));
  await inRows.put('b', new Blob(['2']));
  for (const store of [inFiles, inRows]) for (const key of ['a', 'b']) await store.put(key, new Blob(['x']));
  expect([...files.kept.keys()]).toEqual(['a-1']);
  expect([isFile(await rows.get('a')), isFile(await rows.get('b'))]).toEqual([true, false]);
});

test('of two tabs that write the same chunk the first counts, and the file of the other goes', async () => {
  const { inFiles, files, rows } = makeStore();
  await Promise.all([1, 2, 3].map(() => inFiles.put('a', new Blob(['1']))));
  const row = await rows.get('a');
  expect(isFile(row) && [row.file]).toEqual([...files.kept.keys()]);
  expect(files.kept.size).toBe(1);
});

test('a chunk whose file is gone is written again', async () => {
  const { inFiles, files } = makeStore();
  await inFiles.put('a', new Blob(['1']));
  files.kept.clear();
  await inFiles.put('a', new Blob(['1']));
  expect(await (await inFiles.get('a'))?.text()).toBe('1');
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
