import { isOrillaError, type LoadProgress, type ModelManifest } from '@orilla/contract';
import type { Draft, PackageRecord, WeightBackend } from '../backend/weight-backend.ts';
import { missingPieces, type Piece, piecesOf, totalLength } from '../download/pieces.ts';
import { ProgressMeter } from '../download/progress-meter.ts';
import { sha256 } from '../download/sha256.ts';
import type { WeightShelf } from '../shelf/weight-shelf.ts';
import { badArchive } from './bad-archive.ts';
import { proveChunks } from './prove-chunks.ts';
import { type ArchivedPackage, type ReadArchiveOptions, readArchive } from './read-archive.ts';
import { bytesOf } from './read-tar.ts';

export interface ImportOptions extends ReadArchiveOptions {
  readonly backend: WeightBackend;
  readonly shelf: WeightShelf;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Sees to it, before anything is written, that there is room for so many bytes more. */
  readonly makeRoom?: (neededBytes: number, options: { readonly draft: Draft }) => Promise<unknown>;
  /** Does the work while nobody else downloads that package. */
  readonly alone?: <T>(id: string, work: () => Promise<T>) => Promise<T>;
  /** In milliseconds, from any start. */
  readonly now?: () => number;
}

/**
 * Takes over a package from an archive as `exportPackage` makes them; any tar archive of a package's folder on a mirror is one. Every
 * chunk is hashed before it is stored, and the package's record is written last. One that is cut off leaves a draft. Gives the package's id.
 * @throws OrillaError `storage.bad-archive` where anything about it is wrong (nothing of it stays then), what `check` and `makeRoom` raise,
 * `storage.quota-exceeded`, `storage.unavailable`; AbortError
 */
export async function importPackage(archive: Blob, options: ImportOptions): Promise<string> {
  const { alone = (_, work) => work() } = options;
  const archived = await readArchive(archive, options);
  const manifest = await proveChunks(archived, options);
  await alone(manifest.id, () => store({ ...archived, manifest }, options));
  return manifest.id;
}

async function store(archived: ArchivedPackage, options: ImportOptions): Promise<void> {
  const { shelf, backend, makeRoom } = options;
  const { manifest, document } = archived;
  const { id } = manifest;
  const earlier = (await backend.packages.get(id)) ?? (await backend.drafts.get(id));
  const record = { manifest, document, pkg: earlier && isSame(earlier.manifest, manifest) ? earlier.pkg : null };
  await makeRoom?.(totalLength(missingPieces(piecesOf(manifest), await shelf.chunkKeys())), { draft: record });
  try {
    await storeChunks(archived, await shelf.draft(record), options);
    await shelf.finish(record satisfies PackageRecord);
  } catch (error) {
    if (!earlier && isOrillaError(error) && error.code === 'storage.bad-archive') await shelf.remove(id);
    throw error;
  }
}

async function storeChunks(
  { manifest, contentOf }: ArchivedPackage,
  stored: ReadonlySet<string>,
  { backend, signal, onProgress, now = () => performance.now() }: ImportOptions,
): Promise<void> {
  const pieces = piecesOf(manifest);
  const meter = new ProgressMeter({ now, report: onProgress });
  meter.enter('verify', { storedBytes: 0, totalBytes: totalLength(pieces) });
  for (const piece of pieces) {
    signal.throwIfAborted();
    const bytes = await bytesOf(contentOf(piece.file), piece.offset, piece.length);
    const found = await sha256(bytes);
    if (found !== piece.sha256) throw wrongChunk(piece);
    if (!stored.has(found)) await backend.chunks.put(found, new Blob([bytes]));
    meter.stored(piece.length);
  }
}

function wrongChunk({ file, index }: Piece) {
  return badArchive(`chunk ${index} of ${file.path} in it has other bytes than the manifest names`);
}

function isSame(one: ModelManifest, other: ModelManifest): boolean {
  return JSON.stringify(one.files) === JSON.stringify(other.files);
}
