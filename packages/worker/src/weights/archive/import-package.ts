import { isOrillaError, type LoadProgress } from '@orilla/contract';
import type { Draft, PackageRecord, WeightBackend } from '../backend/weight-backend.ts';
import { missingPieces, piecesOf, totalLength } from '../pieces/pieces.ts';
import { areSameFiles } from '../pieces/same-files.ts';
import { sha256 } from '../pieces/sha256.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { WeightShelf } from '../shelf/weight-shelf.ts';
import { proveChunks, wrongChunk } from './prove-chunks.ts';
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
 * Takes over a package from an archive as `exportPackage` makes them; any tar archive of a package's folder on a mirror is one. All of it
 * is proven before anything of it is stored, every chunk once more when it is, and the package's record is written last. One that is cut
 * off leaves a draft, or the one that was there before. Gives the package's id.
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
  const complete = await backend.packages.get(id);
  const begun = await backend.drafts.get(id);
  const known = complete ?? begun;
  const pkg = known && areSameFiles(known.manifest, manifest) ? known.pkg : null;
  const record: PackageRecord = { manifest, document, pkg };
  await makeRoom?.(totalLength(missingPieces(piecesOf(manifest), await shelf.chunkKeys())), { draft: record });
  try {
    await storeChunks(archived, await shelf.draft(draftOver(begun, record)), options);
  } catch (error) {
    // What was there goes on as it was. Where nothing was, what came of the archive stays for the next time. A store that can't be written
    // to is told by the error itself, and the draft that it keeps then names what was there as well.
    if (complete || begun || isBadArchive(error)) await shelf.putBack(id, begun).catch(() => undefined);
    throw error;
  }
  await shelf.finish(record);
  // It was wanted just now: not the first to go. A disk that is too full for a note of that is no reason to fail.
  await shelf.touch(id).catch(() => undefined);
}

/** Keeps what a download has begun with until the package is complete; a tab that is killed before that leaves both. */
function draftOver(begun: Draft | undefined, record: PackageRecord): Draft {
  if (!begun) return record;
  const { manifest, quarantine } = begun.earlier ?? begun;
  const earlier = { manifest, ...(quarantine && { quarantine }) };
  return { ...record, pkg: record.pkg ?? begun.pkg, earlier };
}

function isBadArchive(error: unknown): boolean {
  return isOrillaError(error) && error.code === 'storage.bad-archive';
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
    // It was proven before; a file on a disk may be written to since.
    if (found !== piece.sha256) throw wrongChunk(piece);
    if (!stored.has(found)) await backend.chunks.put(found, new Blob([bytes]));
    meter.stored(piece.length);
  }
}
