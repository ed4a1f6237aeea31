/** Gathers a body up to a limit. */
export class BodyCollector {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** `false` where the limit is exceeded; nothing of the body is kept then. */
  push(chunk: Buffer): boolean {
    this.#size += chunk.length;
    const isWithin = this.#size <= this.#maxBytes;
    if (isWithin) this.#chunks.push(chunk);
    else this.#chunks.length = 0;
    return isWithin;
  }

  bytes(): Buffer {
    const [first, second] = this.#chunks;
    return first && !second ? first : Buffer.concat(this.#chunks);
  }
}
