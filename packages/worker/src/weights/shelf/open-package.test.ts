import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { piecesOf } from '../pieces/pieces.ts';
import { sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { bytesOf } from '../store.double.ts';
import { openPieces } from './open-package.ts';
import { shelve } from './shelving.double.ts';
import { WeightShelf } from './weight-shelf.ts';

const sample = samplePackage();
const hashAt = (index: number) => sample.manifest.files[0]?.chunks?.[index]?.sha256 ?? '';

async function setUp() {
  const backend = memoryBackend();
  const shelf = new WeightShelf(backend);
  await shelve({ shelf, backend }, sample);
  return { backend, shelf };
}

test('gives the files of a complete package, with all their bytes', async () => {
  const { shelf } = await setUp();
  const opened = await shelf.open('sample');
  expect(opened?.manifest).toEqual(sample.manifest);
  expect([...(opened?.files.keys() ?? [])]).toEqual(['model.gguf']);
  expect(await bytesOf(opened?.files.get('model.gguf'))).toEqual(sample.content);
});

test('gives nothing of one that is not there, or still on its way', async () => {
  const { shelf, backend } = await setUp();
  await shelve({ shelf, backend }, samplePackage({ id: 'half', content: sampleBytes(1_000, 2) }), { chunks: 9 });
  expect(await shelf.open('other')).toBeNull();
  expect(await shelf.open('half')).toBeNull();
});

test('several files, one of them empty, and one that has a chunk twice', async () => {
  const backend = memoryBackend();
  const shelf = new WeightShelf(backend);
  const zeros = samplePackage({ id: 'zeros', content: new Uint8Array(300) });
  const empty = { path: 'empty.json', bytes: 0, sha256: sha256Hex(new Uint8Array()), chunks: [] };
  const manifest = { ...zeros.manifest, files: [...zeros.manifest.files, empty] };
  await shelve({ shelf, backend }, { ...zeros, manifest });
  expect(await backend.chunks.keys()).toHaveLength(1);
  const opened = await shelf.open('zeros');
  expect(opened?.files.get('model.gguf')?.size).toBe(300);
  expect(opened?.files.get('empty.json')?.size).toBe(0);
});

test('a chunk that is shorter or longer than it should be is not opened, and counts as missing from then on', async () => {
  for (const bytes of [sample.content.slice(200, 250), sample.content.slice(200, 301), new Uint8Array()]) {
    const { shelf, backend } = await setUp();
    await backend.chunks.put(hashAt(2), new Blob([bytes]));
    expect(await shelf.open('sample')).toBeNull();
    expect(await backend.chunks.keys()).not.toContain(hashAt(2));
    expect(await backend.chunks.keys()).toHaveLength(9);
    expect(await shelf.list()).toMatchObject([{ bytes: 900, isComplete: false }]);
  }
});

test('a chunk that is listed but can not be had is not opened either, and no longer listed', async () => {
  const { shelf, backend } = await setUp();
  const { getMany } = backend.chunks;
  Object.assign(backend.chunks, {
    getMany: async (keys: readonly string[]) =>
      (await getMany(keys)).map((blob, index) => (keys[index] === hashAt(4) ? undefined : blob)),
  });
  expect(await shelf.open('sample')).toBeNull();
  expect(await backend.chunks.keys()).toHaveLength(9);
});

test('some pieces of a file: their bytes, or the word that one is gone', async () => {
  const { shelf, backend } = await setUp();
  const pieces = piecesOf(sample.manifest).slice(3, 5);
  expect(await bytesOf(await shelf.openPieces(pieces))).toEqual(sample.content.slice(300, 500));
  await backend.chunks.delete([hashAt(4)]);
  expect(await openPieces(pieces, backend)).toBeNull();
  await expect(shelf.openPieces(pieces)).rejects.toMatchObject({
    code: 'storage.unavailable',
    advice: expect.any(String),
  });
});

test('a piece whose hash is not known yet is not opened', async () => {
  const { backend } = await setUp();
  const [piece] = piecesOf(sample.manifest);
  expect(piece && (await openPieces([{ ...piece, sha256: null }], backend))).toBeNull();
  expect(await backend.chunks.keys()).toHaveLength(10);
});
