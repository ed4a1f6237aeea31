import type { IHasher } from 'hash-wasm';
import { loadCode } from '../../load-code.ts';
import type { QuarantinedFile } from '../backend/weight-backend.ts';

export interface HashedPieces {
  /** The hashes of the pieces that are in it, in their order. */
  readonly fed: readonly string[];
  /** What the hash function needs to go on. */
  readonly state: Uint8Array<ArrayBuffer>;
}

/** SHA-256 of a whole file, fed piece by piece in their order; what it needs to go on can be kept. */
export class WholeHash {
  readonly #hasher: IHasher;
  readonly #fed: string[];

  private constructor(hasher: IHasher, fed: readonly string[]) {
    this.#hasher = hasher;
    this.#fed = [...fed];
  }

  /** Goes on from what was kept, where this version can read it and the pieces that are in it are known; else from the file's start. */
  static async open({ pieces = [], hashed }: Partial<QuarantinedFile> = {}): Promise<WholeHash> {
    const { createSHA256 } = await loadCode(() => import('hash-wasm'));
    const hasher = await createSHA256();
    const fed = pieces.slice(0, hashed?.pieces ?? 0).flatMap((sha256) => sha256 ?? []);
    if (!hashed || fed.length < hashed.pieces) return new WholeHash(hasher, []);
    try {
      return new WholeHash(hasher.load(hashed.state), fed);
    } catch {
      // Another version of the hash function kept it: reading the file again costs time and nothing else.
      return new WholeHash(hasher.init(), []);
    }
  }

  /** The hash of every piece that is in it, in their order. */
  get fed(): readonly string[] {
    return this.#fed;
  }

  add(piece: Uint8Array, sha256: string): void {
    this.#hasher.update(piece);
    this.#fed.push(sha256);
  }

  save(): HashedPieces {
    return { fed: [...this.#fed], state: new Uint8Array(this.#hasher.save()) };
  }

  /** In lower-case hex. Nothing can be added after. */
  digest(): string {
    return this.#hasher.digest('hex');
  }
}
