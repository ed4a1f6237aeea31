import type { IHasher } from 'hash-wasm';
import { loadCode } from '../../load-code.ts';
import type { QuarantinedFile } from '../backend/weight-backend.ts';

type Saved = NonNullable<QuarantinedFile['hashed']>;

/** SHA-256 of a whole file, fed piece by piece in their order; what it needs to go on can be kept. */
export class WholeHash {
  readonly #hasher: IHasher;
  #pieces: number;

  private constructor(hasher: IHasher, pieces: number) {
    this.#hasher = hasher;
    this.#pieces = pieces;
  }

  /** Goes on from what was kept, where this version can read it; else from the file's start. */
  static async open(saved?: Saved): Promise<WholeHash> {
    const { createSHA256 } = await loadCode(() => import('hash-wasm'));
    const hasher = await createSHA256();
    if (!saved) return new WholeHash(hasher, 0);
    try {
      return new WholeHash(hasher.load(saved.state), saved.pieces);
    } catch {
      // Another version of the hash function kept it: reading the file again costs time and nothing else.
      return new WholeHash(hasher.init(), 0);
    }
  }

  /** How many pieces are in it. */
  get pieces(): number {
    return this.#pieces;
  }

  add(piece: Uint8Array): void {
    this.#hasher.update(piece);
    this.#pieces += 1;
  }

  save(): Saved {
    return { pieces: this.#pieces, state: new Uint8Array(this.#hasher.save()) };
  }

  /** In lower-case hex. Nothing can be added after. */
  digest(): string {
    return this.#hasher.digest('hex');
  }
}
