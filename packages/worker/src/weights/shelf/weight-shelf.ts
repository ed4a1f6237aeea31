import { type ModelManifest, OrillaError, type StoredPackage, type WeightFiles } from '@orilla/contract';
import type { Draft, PackageMarks, PackageRecord, RecordStore, WeightBackend } from '../backend/weight-backend.ts';
import { missingPieces, type Piece, piecesOf, totalLength } from '../download/pieces.ts';

/** A package as it stands in the store. */
export interface ShelvedPackage {
  readonly manifest: ModelManifest;
  readonly files: WeightFiles;
}

/**
 * Which chunks belong to which package. Changes run one after the other, so that a chunk that one package takes as given is not
 * removed with another; tabs beside this one are guarded against by looking again before a package counts as complete.
 */
export class WeightShelf {
  readonly #backend: WeightBackend;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(backend: WeightBackend) {
    this.#backend = backend;
  }

  /** The files of a complete package, without a copy; `null` where it isn't complete. */
  async open(id: string): Promise<ShelvedPackage | null> {
    const record = await this.#backend.packages.get(id);
    if (!record) return null;
    const { manifest } = record;
    if (missingPieces(piecesOf(manifest), await this.chunkKeys()).length > 0) return null;
    const files = new Map<string, Blob>();
    for (const file of manifest.files)
      files.set(file.path, await this.openPieces(piecesOf({ ...manifest, files: [file] })));
    return { manifest, files };
  }

  /** @throws OrillaError `storage.unavailable` where a piece is gone meanwhile */
  async openPieces(pieces: readonly Piece[]): Promise<Blob> {
    const blobs = await this.#backend.chunks.getMany(pieces.map(({ sha256 }) => sha256 ?? ''));
    return new Blob(
      blobs.map((blob) => {
        if (blob) return blob;
        throw new OrillaError('storage.unavailable', 'A part of the model has vanished from the storage.', {
          advice: 'Load the model again: only what is missing is downloaded.',
        });
      }),
    );
  }

  async chunkKeys(): Promise<ReadonlySet<string>> {
    return new Set(await this.#backend.chunks.keys());
  }

  /**
   * Notes that a package is on its way, which keeps its chunks from being removed, and gives the chunks that are there.
   * What an earlier draft has of the same files stays of use; of other files it is dropped.
   */
  draft(record: PackageRecord): Promise<ReadonlySet<string>> {
    return this.#change(async () => {
      const { manifest } = record;
      const earlier = await this.#backend.drafts.get(manifest.id);
      const isSame = earlier !== undefined && describesSameFiles(earlier.manifest, manifest);
      if (!isSame) await this.#backend.drafts.put(manifest.id, record);
      if (earlier && !isSame) await this.#dropUnnamed(hashesOf(earlier));
      return this.chunkKeys();
    });
  }

  /** Makes a package complete. */
  finish(record: PackageRecord): Promise<void> {
    return this.#change(async () => {
      const { id } = record.manifest;
      await this.#backend.packages.put(id, record);
      await this.#backend.drafts.delete([id]);
    });
  }

  remove(id: string): Promise<void> {
    return this.#change(async () => {
      const record = await this.#backend.packages.get(id);
      const draft = await this.#backend.drafts.get(id);
      // Without these there is nothing that an engine would open, whatever happens in between.
      await this.#backend.packages.delete([id]);
      await this.#backend.drafts.delete([id]);
      await this.#backend.marks.delete([id]);
      await this.#dropUnnamed([...(record ? hashesOf(record) : []), ...(draft ? hashesOf(draft) : [])]);
    });
  }

  async list(): Promise<readonly StoredPackage[]> {
    const stored = await this.chunkKeys();
    const packages = await this.#packages();
    const marks = await this.#backend.marks.getMany(packages.map(({ manifest }) => manifest.id));
    return packages.map((draft, index) => describe(draft, { stored, marks: marks[index] ?? unmarked }));
  }

  async #dropUnnamed(hashes: readonly string[]): Promise<void> {
    const named = new Set((await this.#packages()).flatMap(hashesOf));
    await this.#backend.chunks.delete(hashes.filter((hash) => !named.has(hash)));
  }

  /** Every package, complete or not; one that is being mended is both, and counts once. */
  async #packages(): Promise<readonly (Draft & { readonly isDraft: boolean })[]> {
    const complete = await all(this.#backend.packages);
    const onTheWay = await all(this.#backend.drafts);
    const ids = new Set(complete.map(({ manifest }) => manifest.id));
    return [
      ...complete.map((record) => ({ ...record, isDraft: false })),
      ...onTheWay.filter(({ manifest }) => !ids.has(manifest.id)).map((draft) => ({ ...draft, isDraft: true })),
    ];
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(work);
    this.#lastChange = done.catch(() => undefined); // whoever asked is told; the next change goes on
    return done;
  }
}

const unmarked: PackageMarks = { isPinned: false, lastUsedMs: 0 };

function describe(
  draft: Draft & { readonly isDraft: boolean },
  { stored, marks }: { readonly stored: ReadonlySet<string>; readonly marks: PackageMarks },
): StoredPackage {
  const pieces = piecesOf(draft.manifest, draft.quarantine);
  const missing = pieces.filter(({ sha256 }) => sha256 === null || !stored.has(sha256));
  const isComplete = !draft.isDraft && missing.length === 0;
  const totalBytes = totalLength(pieces);
  return {
    id: draft.manifest.id,
    bytes: totalBytes - totalLength(missing),
    totalBytes,
    isComplete,
    state: isComplete ? 'complete' : draft.isPaused ? 'paused' : 'incomplete',
    ...marks,
    progress: null,
  };
}

async function all<T>(store: RecordStore<T>): Promise<readonly T[]> {
  const values = await store.getMany(await store.keys());
  return values.filter((value) => value !== undefined);
}

function hashesOf(draft: Pick<Draft, 'manifest' | 'quarantine'>): readonly string[] {
  return piecesOf(draft.manifest, draft.quarantine).flatMap(({ sha256 }) => sha256 ?? []);
}

function describesSameFiles(one: ModelManifest, other: ModelManifest): boolean {
  return JSON.stringify(one.files) === JSON.stringify(other.files);
}
