/**
 * A list of texts as it lies in a GGUF file. A vocabulary has half a million of them: as strings they would take ten times the bytes
 * that they have in the file, so that each is made when it is looked at.
 */
export class TextList implements Iterable<string> {
  readonly #file: Buffer;
  /** Where each text begins: its length in 8 bytes, then its bytes. */
  readonly #starts: Uint32Array;

  constructor(file: Buffer, starts: Uint32Array) {
    this.#file = file;
    this.#starts = starts;
  }

  get length(): number {
    return this.#starts.length;
  }

  *[Symbol.iterator](): Generator<string> {
    for (const start of this.#starts) {
      const length = Number(this.#file.readBigUInt64LE(start));
      yield this.#file.toString('utf8', start + 8, start + 8 + length);
    }
  }
}
