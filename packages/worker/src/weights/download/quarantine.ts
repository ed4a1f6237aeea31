import { type ModelManifest, OrillaError, type PackageFile } from '@orilla/contract';
import { OneAtATime } from '../../one-at-a-time.ts';
import type { PackageRecord, QuarantinedFile, WeightBackend } from '../backend/weight-backend.ts';
import { type Piece, piecesOf } from '../pieces/pieces.ts';
import { readPiece } from '../pieces/read-piece.ts';
import { WholeHash } from '../pieces/whole-hash.ts';
import type { WeightShelf } from '../shelf/weight-shelf.ts';
import type { LoadSources } from '../source/load-sources.ts';
import type { FetchedPiece } from './fetch-piece.ts';
import { packageRemoved } from './package-removed.ts';
import { beginsWith, withHashed, withPiece } from './quarantine-notes.ts';

export interface QuarantineOptions {
  readonly backend: WeightBackend;
  readonly shelf: Pick<WeightShelf, 'dropFile'>;
}

export interface EndQuarantineOptions {
  /** Named where a file is not what it should be. */
  readonly sources: LoadSources;
  readonly signal: AbortSignal;
  /** Told, where something is left to be read, how many bytes of the package have been checked. */
  readonly onChecked: (bytes: number) => void;
}

/**
 * The files of one package of which only the whole hash is known. As their pieces come, that hash is taken as far as there is no gap, and
 * kept in the draft, so that a reload costs nothing and at the end only the rest is to be read. What is noted and what is hashed is changed
 * one step at a time, so that a hash never stands for other pieces than those that are in it.
 */
export class Quarantine {
  readonly #record: PackageRecord;
  readonly #backend: WeightBackend;
  readonly #shelf: QuarantineOptions['shelf'];
  /** By the file's path. */
  readonly #hashes = new Map<string, WholeHash>();
  readonly #turns = new OneAtATime();

  constructor(record: PackageRecord, { backend, shelf }: QuarantineOptions) {
    this.#record = record;
    this.#backend = backend;
    this.#shelf = shelf;
  }

  /**
   * Notes a piece that came. To be called before it is stored, so that whatever is stored belongs to something that can be removed.
   * @throws OrillaError `storage.unavailable` where that is gone: the package was removed
   */
  note(piece: Piece, { sha256, url }: FetchedPiece): Promise<void> {
    return this.#turns.run(async () => {
      let isThere = false;
      await this.#backend.drafts.update(this.#record.manifest.id, (draft) => {
        isThere = draft !== undefined;
        return draft && withPiece(draft, piece, { sha256, url });
      });
      if (!isThere) throw packageRemoved();
    });
  }

  /** Takes up into the file's hash what there is without a gap, with the piece just stored. */
  advance(file: PackageFile, fresh: FetchedPiece, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    return this.#turns.run(async () => {
      await this.#feed(file, { signal, fresh });
    });
  }

  /**
   * Checks every file, and gives the manifest with their chunks in it: the first one by which an engine can open them. `null` where
   * something is to be fetched again: a piece that turns out to be missing or damaged on the disk, or all of a file whose hash is another,
   * which is deleted then, and for which whoever gave it is not asked again.
   * @throws OrillaError `storage.corrupt-chunk` where nobody is left to ask; AbortError
   */
  end({ sources, signal, onChecked }: EndQuarantineOptions): Promise<ModelManifest | null> {
    return this.#turns.run(async () => {
      const files: PackageFile[] = [];
      let before = 0;
      for (const file of this.#record.manifest.files) {
        const onFileChecked = (bytes: number) => onChecked(before + bytes);
        const checked = file.chunks ? file : await this.#check(file, { sources, signal, onChecked: onFileChecked });
        if (!checked) return null;
        files.push(checked);
        before += file.bytes;
      }
      return { ...this.#record.manifest, files };
    });
  }

  async #check(file: PackageFile, { sources, signal, onChecked }: EndQuarantineOptions): Promise<PackageFile | null> {
    const { hash, pieces } = await this.#feed(file, { signal, onChecked });
    if (hash.fed.length < pieces.length) return null;
    this.#hashes.delete(file.path);
    if (hash.digest() !== file.sha256) {
      const { id } = this.#record.manifest;
      const noted = (await this.#backend.drafts.get(id))?.quarantine?.[file.path];
      await this.#shelf.dropFile(id, file.path);
      const givers = new Set(noted?.urls ?? [null]);
      setGiverAside(file.path, givers, sources);
      if (sources.urlsOf(file.path).length > 0) return null;
      throw corruptFile(file.path, givers, sources);
    }
    return { ...file, chunks: pieces.map(({ offset, length, sha256 }) => ({ offset, length, sha256: sha256 ?? '' })) };
  }

  async #feed(
    file: PackageFile,
    {
      signal,
      fresh,
      onChecked = () => undefined,
    }: { readonly signal: AbortSignal; readonly fresh?: FetchedPiece; readonly onChecked?: (bytes: number) => void },
  ) {
    const { drafts } = this.#backend;
    const { manifest } = this.#record;
    const noted = (await drafts.get(manifest.id))?.quarantine;
    const pieces = piecesOf({ ...manifest, files: [file] }, noted);
    const hash = await this.#hashOf(file.path, noted?.[file.path]);
    for (const piece of pieces.slice(hash.fed.length)) {
      signal.throwIfAborted();
      onChecked(piece.offset);
      const isFresh = fresh !== undefined && piece.sha256 === fresh.sha256;
      const bytes = isFresh ? fresh.bytes : await readPiece(piece, this.#backend);
      if (!bytes || piece.sha256 === null) break;
      hash.add(bytes, piece.sha256);
      onChecked(piece.offset + piece.length);
      const hashed = hash.save();
      await drafts.update(manifest.id, (now) => now && withHashed(now, file.path, hashed));
    }
    return { hash, pieces };
  }

  /** The one that is in memory counts as long as what is in it is what is noted; another tab may note things as well. */
  async #hashOf(path: string, noted: QuarantinedFile | undefined): Promise<WholeHash> {
    const known = this.#hashes.get(path);
    const hash = known && beginsWith(noted?.pieces ?? [], known.fed) ? known : await WholeHash.open(noted);
    this.#hashes.set(path, hash);
    return hash;
  }
}

/**
 * Of one that gave all of a file it is proven that it gave other bytes. Of several it isn't known which one did: the file is asked for once
 * more, and comes from one of them alone unless another connection breaks.
 */
function setGiverAside(path: string, givers: ReadonlySet<string | null>, sources: LoadSources): void {
  const [only] = givers;
  if (givers.size !== 1 || !only) return;
  const { origin } = new URL(only);
  sources.reportPoison({ origin, path, chunk: 0 });
  sources.setAside(only, `${origin} sent ${path} with other bytes than its metadata names`, { isPoison: true });
}

function corruptFile(path: string, givers: ReadonlySet<string | null>, sources: LoadSources): OrillaError {
  const proven = sources.failuresOf(path).flatMap(({ isPoison, url }) => (isPoison ? url : []));
  const urls = proven.length > 0 ? proven : [...givers].flatMap((url) => url ?? []);
  const origins = new Set(urls.map((url) => new URL(url).origin));
  return new OrillaError(
    'storage.corrupt-chunk',
    `The model can't be used: ${path} came from ${[...origins].join(' and ')} with other bytes than its metadata names. All of it was deleted.`,
    { advice: 'Try again; if it stays so, the file was replaced or damaged at the source.' },
  );
}
