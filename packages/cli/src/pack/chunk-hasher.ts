import { createHash, type Hash } from 'node:crypto';
import type { Chunk } from '@orilla/contract';
import type { ChunkRange } from './chunk-ranges.ts';

export interface HashedFile {
  readonly bytes: number;
  /** Of all of it, lower-case hex. */
  readonly sha256: string;
  /** Those of the ranges that are there whole. */
  readonly chunks: readonly Chunk[];
}

/** Hashes a file and its chunks in one pass, as its bytes come by, whatever its size in a constant amount of memory. */
export class ChunkHasher {
  readonly #ranges: readonly ChunkRange[];
  readonly #whole = createHash('sha256');
  readonly #chunks: Chunk[] = [];
  #chunk: Hash = createHash('sha256');
  #filled = 0;
  #bytes = 0;

  /** Ranges lie one behind the other, the first at 0. What comes behind the last one counts for the whole file only. */
  constructor(ranges: readonly ChunkRange[]) {
    this.#ranges = ranges;
  }

  update(piece: Uint8Array): void {
    this.#whole.update(piece);
    this.#bytes += piece.length;
    for (let start = 0; start < piece.length; ) {
      const range = this.#ranges[this.#chunks.length];
      if (!range) return;
      const taken = Math.min(range.length - this.#filled, piece.length - start);
      this.#chunk.update(piece.subarray(start, start + taken));
      this.#filled += taken;
      start += taken;
      if (this.#filled < range.length) continue;
      this.#chunks.push({ ...range, sha256: this.#chunk.digest('hex') });
      this.#chunk = createHash('sha256');
      this.#filled = 0;
    }
  }

  /** To be called once, at the end of the file. */
  finish(): HashedFile {
    return { bytes: this.#bytes, sha256: this.#whole.digest('hex'), chunks: this.#chunks };
  }
}

/** Hashes all of a stream. @throws as the stream */
export async function hashStream(
  stream: AsyncIterable<Uint8Array>,
  ranges: readonly ChunkRange[],
  onBytes: (bytes: number) => void = () => undefined,
): Promise<HashedFile> {
  const hasher = new ChunkHasher(ranges);
  for await (const piece of stream) {
    hasher.update(piece);
    onBytes(piece.length);
  }
  return hasher.finish();
}
