import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { shelve } from '../shelf/shelving.double.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { bytesOf } from '../store.double.ts';
import { scratchFolder, systemTar, writeBlob } from './archive.double.ts';
import { exportPackage } from './export-package.ts';
import { readTar } from './read-tar.ts';

const sample = samplePackage();
const { signal } = new AbortController();

async function setUp() {
  const backend = memoryBackend();
  const shelf = new WeightShelf(backend);
  await shelve({ shelf, backend }, sample);
  return { backend, shelf };
}

test('unpacked by tar into a folder it is what a mirror serves: the manifest as it came, and the files', async () => {
  const { backend } = await setUp();
  const document = JSON.stringify({ ...sample.manifest, addedLater: 'a field of a newer version' }, null, 2);
  await backend.packages.put('sample', { manifest: sample.manifest, document, pkg: sample.pkg });
  await using folder = await scratchFolder();
  const mirror = join(folder.path, 'mirror');
  await mkdir(mirror);
  await writeBlob(join(folder.path, 'a.tar'), await exportPackage('sample', backend));
  await systemTar('-xf', join(folder.path, 'a.tar'), '-C', mirror);
  expect(await readFile(join(mirror, 'sample', 'manifest.json'), 'utf8')).toBe(document);
  expect(Uint8Array.from(await readFile(join(mirror, 'sample', 'files', 'model.gguf')))).toEqual(sample.content);
});

test('of a package that was made from a hub it has the manifest with the chunks', async () => {
  const { backend } = await setUp();
  await backend.packages.put('sample', { manifest: sample.manifest, document: null, pkg: null });
  const files = await readTar(await exportPackage('sample', backend), { signal });
  expect(JSON.parse((await files.get('sample/manifest.json')?.text()) ?? '')).toEqual(sample.manifest);
});

test('nothing of the content is read before the archive is', async () => {
  const { backend } = await setUp();
  let reads = 0;
  const { getMany } = backend.chunks;
  Object.assign(backend.chunks, {
    getMany: async (keys: readonly string[]) =>
      (await getMany(keys)).map((blob) => {
        if (blob) Object.assign(blob, { arrayBuffer: () => (reads += 1), stream: () => (reads += 1) });
        return blob;
      }),
  });
  const archive = await exportPackage('sample', backend);
  expect(reads).toBe(0);
  expect((await bytesOf(archive)).length).toBe(archive.size);
});

test('what is not here as a whole is not exported', async () => {
  const { backend, shelf } = await setUp();
  await shelve({ shelf, backend }, samplePackage({ id: 'half', content: sampleBytes(1_000, 2) }), { chunks: 5 });
  const refused = { code: 'catalog.unknown-model', advice: expect.any(String) };
  await expect(exportPackage('nothing', backend)).rejects.toMatchObject(refused);
  await expect(exportPackage('half', backend)).rejects.toMatchObject(refused);
  await backend.chunks.delete((await backend.chunks.keys()).slice(0, 1));
  await expect(exportPackage('sample', backend)).rejects.toMatchObject(refused);
});

test('an id that would lead out of the folder is not written into an archive', async () => {
  const { backend, shelf } = await setUp();
  await shelve({ shelf, backend }, samplePackage({ id: '../sample' }));
  await expect(exportPackage('../sample', backend)).rejects.toMatchObject({ code: 'storage.bad-archive' });
});
