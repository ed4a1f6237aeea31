import type { ArrivingFiles, ModelManifest, PackageFile, WeightFiles } from '@orilla/contract';
import { type Piece, piecesOf } from '../pieces/pieces.ts';
import type { WeightShelf } from '../shelf/weight-shelf.ts';

/** Told once it is known what a package consists of, where something of it is still to be fetched. */
export type ArrivingListener = (manifest: ModelManifest, files: ArrivingFiles) => void;

/** A package that is on its way, of which each file can be had as soon as it is whole. */
export class ArrivingPackage implements ArrivingFiles {
  readonly #shelf: Pick<WeightShelf, 'openPieces'>;
  readonly #listeners = new Set<ArrivingListener>();
  readonly #waiting = new Map<string, PromiseWithResolvers<Blob>>();
  #manifest: ModelManifest | null = null;
  #stored = new Set<string>();
  /** What there is at the end; `null` where the download failed. */
  #end: { readonly files: WeightFiles | null } | null = null;

  constructor({ shelf }: { readonly shelf: Pick<WeightShelf, 'openPieces'> }) {
    this.#shelf = shelf;
  }

  /** Gives what ends it. */
  listen(listener: ArrivingListener): () => void {
    this.#listeners.add(listener);
    if (this.#manifest && !this.#end) listener(this.#manifest, this);
    return () => this.#listeners.delete(listener);
  }

  /** What is missing is about to be fetched: also when it goes on after a pause, or from another source. */
  begin(manifest: ModelManifest, stored: ReadonlySet<string>): void {
    const isFirst = this.#manifest === null;
    this.#manifest = manifest;
    this.#stored = new Set(stored);
    if (isFirst) for (const listener of this.#listeners) listener(manifest, this);
    this.#giveWhole();
  }

  /** A piece whose hash holds is in the store. */
  stored(sha256: string): void {
    this.#stored.add(sha256);
    this.#giveWhole();
  }

  /** The download is over. */
  end(files: WeightFiles | null): void {
    this.#end = { files };
    for (const [path, { resolve, reject }] of this.#waiting) this.#atEnd(path, files).then(resolve, reject);
    this.#waiting.clear();
  }

  async file(path: string): Promise<Blob> {
    if (this.#end) return this.#atEnd(path, this.#end.files);
    const file = this.#manifest?.files.find((one) => one.path === path);
    if (!file) throw new Error(`The package has no file ${path}.`);
    const whole = this.#wholeOf(file);
    if (whole) return this.#shelf.openPieces(whole);
    const waiting = this.#waiting.get(path) ?? Promise.withResolvers<Blob>();
    this.#waiting.set(path, waiting);
    return waiting.promise;
  }

  async #atEnd(path: string, files: WeightFiles | null): Promise<Blob> {
    const file = files?.get(path);
    if (file) return file;
    throw new Error(`The download of the package ended without the file ${path}.`);
  }

  #giveWhole(): void {
    for (const [path, { resolve, reject }] of this.#waiting) {
      const file = this.#manifest?.files.find((one) => one.path === path);
      const whole = file && this.#wholeOf(file);
      if (!whole) continue;
      this.#waiting.delete(path);
      this.#shelf.openPieces(whole).then(resolve, reject);
    }
  }

  /** The pieces of a file, where all of them are stored. A file in quarantine is proven before the end only where it is a single piece. */
  #wholeOf(file: PackageFile): readonly Piece[] | null {
    const { bytes, sha256, chunks = [{ offset: 0, length: bytes, sha256 }] } = file;
    if (!chunks.every((chunk) => this.#stored.has(chunk.sha256))) return null;
    return this.#manifest && piecesOf({ ...this.#manifest, files: [{ ...file, chunks }] });
  }
}
