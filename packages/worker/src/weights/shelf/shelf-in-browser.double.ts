import type { ModelManifest, StorageKind } from '@orilla/contract';
import { exportPackage } from '../archive/export-package.ts';
import { importPackage } from '../archive/import-package.ts';
import { openBackend } from '../backend/open-backend.ts';
import { sha256 } from '../pieces/sha256.ts';
import { namedChunks } from './named-chunks.ts';
import { type Shelving, shelve } from './shelving.double.ts';
import { WeightShelf } from './weight-shelf.ts';

// What the browser tests call, in a page or a worker.

const chunkBytes = 1024 ** 2;
const { signal } = new AbortController();
const onProgress = () => undefined;

async function openShelf(kind: StorageKind, name: string): Promise<Shelving> {
  const backend = await openBackend({ kind, name });
  return { backend, shelf: new WeightShelf(backend, { locks: navigator.locks }) };
}

/** A package of so many chunks of 1 MiB; two of them share their first half. */
async function makeSample(id: string, chunkCount: number) {
  const content = new Uint8Array(chunkCount * chunkBytes);
  const seed = id.charCodeAt(0);
  for (let at = 0; at < content.length; at += 1)
    content[at] = Math.imul(at, 31) + (at >> 9) + (at >> 20) + (at < content.length / 2 ? 0 : seed);
  const chunks = [];
  for (let offset = 0; offset < content.length; offset += chunkBytes)
    chunks.push({ offset, length: chunkBytes, sha256: await sha256(content.slice(offset, offset + chunkBytes)) });
  const file = { path: 'model.gguf', bytes: content.length, sha256: await sha256(content), chunks };
  const manifest: ModelManifest = {
    schema: 'orilla.model/1',
    id,
    engine: 'llamacpp',
    files: [file],
    contextLength: 64,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
  };
  const { engine, contextLength, memory, license } = manifest;
  const pkg = { id, engine, bytes: content.length, contextLength, memory, license, sources: [] };
  return { content, manifest, pkg, fileUrl: '', manifestUrl: '', served: {} };
}

async function isWhole({ shelf }: Shelving, { manifest }: { readonly manifest: ModelManifest }): Promise<boolean> {
  const file = (await shelf.open(manifest.id))?.files.get('model.gguf');
  return file !== undefined && (await sha256(new Uint8Array(await file.arrayBuffer()))) === manifest.files[0]?.sha256;
}

/** Exports from one store and imports into another. */
export async function roundTrip(from: StorageKind, to: StorageKind) {
  const sample = await makeSample('sample', 8);
  const [one, other] = [await openShelf(from, 'trip-from'), await openShelf(to, 'trip-to')];
  await shelve(one, sample);
  const archive = await exportPackage('sample', one.backend);
  const id = await importPackage(archive, { ...other, signal, onProgress });
  return { id, isWhole: await isWhole(other, sample), bytes: archive.size };
}

/** Puts packages on the shelf and takes them off again, as often as told, beside what other tabs do. Tells how often one was not whole. */
export async function shelveAndRemove(
  kind: StorageKind,
  { id, times }: { readonly id: string; readonly times: number },
) {
  const shelving = await openShelf(kind, 'busy');
  const sample = await makeSample(id, 4);
  let broken = 0;
  for (let time = 1; time <= times; time += 1) {
    await shelve(shelving, sample);
    if (!(await isWhole(shelving, sample))) broken += 1;
    await shelving.shelf.remove(id);
  }
  return broken;
}

/** Collects garbage as often as told. */
export async function collectOften(kind: StorageKind, times: number): Promise<void> {
  const { shelf } = await openShelf(kind, 'busy');
  for (let time = 1; time <= times; time += 1) await shelf.collectGarbage();
}

/** What is left that nothing names. */
export async function leftOver(kind: StorageKind): Promise<readonly string[]> {
  const { backend, shelf } = await openShelf(kind, 'busy');
  await shelf.collectGarbage();
  const named = await namedChunks(backend);
  return (await backend.chunks.keys()).filter((hash) => !named.has(hash));
}

/** Writes other bytes over one of the files that have chunks, then has the package checked. */
export async function verifyDamagedFile() {
  const shelving = await openShelf('opfs', 'damaged');
  const sample = await makeSample('sample', 4);
  await shelve(shelving, sample);
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('damaged-chunks');
  const { value: name = '' } = await folder.keys().next();
  const file = await (await folder.getFileHandle(name)).createSyncAccessHandle();
  file.write(new Uint8Array([1, 2, 3]), { at: 1_000 });
  file.close();
  const verify = () => shelving.shelf.verify('sample', { signal, onProgress });
  return [await verify(), await shelving.shelf.open('sample'), await verify()];
}
