import { type ModelManifest, OrillaError, type StoredPackage, type WeightFiles } from '@orilla/contract';
import type { Draft, RecordStore, WeightBackend } from '../backend/weight-backend.ts';
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
    const manifest = await this.#backend.manifests.get(id);
    if (!manifest || missingPieces(piecesOf(manifest), await this.chunkKeys()).length > 0) return null;
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
  draft({ manifest }: Draft): Promise<ReadonlySet<string>> {
    return this.#change(async () => {
      const earlier = await this.#backend.drafts.get(manifest.id);
      const isSame = earlier !== undefined && describesSameFiles(earlier.manifest, manifest);
      if (!isSame) await this.#backend.drafts.put(manifest.id, { manifest });
      if (earlier && !isSame) await this.#dropUnnamed(hashesOf(earlier));
      return this.chunkKeys();
    });
  }

  /** Makes a package complete. */
  finish(manifest: ModelManifest): Promise<void> {
    return this.#change(async () => {
      await this.#backend.manifests.put(manifest.id, manifest);
      await this.#backend.drafts.delete([manifest.id]);
    });
  }

  remove(id: string): Promise<void> {
    return this.#change(async () => {
      const manifest = await this.#backend.manifests.get(id);
      const draft = await this.#backend.drafts.get(id);
      // Without these there is nothing that an engine would open, whatever happens in between.
      await this.#backend.manifests.delete([id]);
      await this.#backend.drafts.delete([id]);
      await this.#dropUnnamed([...(manifest ? hashesOf({ manifest }) : []), ...(draft ? hashesOf(draft) : [])]);
    });
  }

  async list(): Promise<readonly StoredPackage[]> {
    const stored = await this.chunkKeys();
    return (await this.#packages()).map((draft) => {
      const pieces = piecesOf(draft.manifest, draft.quarantine);
      const missing = pieces.filter(({ sha256 }) => sha256 === null || !stored.has(sha256));
      const bytes = totalLength(pieces) - totalLength(missing);
      return { id: draft.manifest.id, bytes, isComplete: !draft.isDraft && missing.length === 0 };
    });
  }

  async #dropUnnamed(hashes: readonly string[]): Promise<void> {
    const named = new Set((await this.#packages()).flatMap(hashesOf));
    await this.#backend.chunks.delete(hashes.filter((hash) => !named.has(hash)));
  }

  /** Every package, complete or not; one that is being mended is both, and counts once. */
  async #packages(): Promise<readonly (Draft & { readonly isDraft: boolean })[]> {
    const { manifests, drafts } = this.#backend;
    const complete = await all(manifests);
    const onTheWay = await all(drafts);
    const ids = new Set(complete.map(({ id }) => id));
    return [
      ...complete.map((manifest) => ({ manifest, isDraft: false })),
      ...onTheWay.filter(({ manifest }) => !ids.has(manifest.id)).map((draft) => ({ ...draft, isDraft: true })),
    ];
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(work);
    this.#lastChange = done.catch(() => undefined); // whoever asked is told; the next change goes on
    return done;
  }
}

async function all<T>(store: RecordStore<T>): Promise<readonly T[]> {
  const values = await store.getMany(await store.keys());
  return values.filter((value) => value !== undefined);
}

function hashesOf(draft: Draft): readonly string[] {
  return piecesOf(draft.manifest, draft.quarantine).flatMap(({ sha256 }) => sha256 ?? []);
}

function describesSameFiles(one: ModelManifest, other: ModelManifest): boolean {
  return JSON.stringify(one.files) === JSON.stringify(other.files);
}
