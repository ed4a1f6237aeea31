import { createHash } from 'node:crypto';
import { decodeByteLevel } from './byte-level.ts';

/** What a byte-level BPE tokenizer does, whatever file it is kept in. Tokens and merges are written in its own alphabet. */
export interface ByteLevelTokenizer {
  /** In the order of their ids; `null` for an id that no text becomes. */
  readonly tokens: Iterable<string | null>;
  /** In order; two tokens each. */
  readonly merges: Iterable<readonly [string, string]>;
  /** Ids of tokens that stand for themselves and not for text: control tokens, and those that somebody added. */
  readonly special: ReadonlySet<number>;
  /** How a text is cut before bytes are merged, by one name for each way; see `pre-tokenizer-names.ts`. */
  readonly preTokenizer: string;
}

/** What stands before a token's bytes. */
const marks = { unused: 0, ordinary: 1, special: 2, merges: 3 };

/**
 * SHA-256, lower-case hex, over what a tokenizer does in a form that doesn't depend on the file it is kept in: the name of the
 * pre-tokenizer, the bytes of every id in order and whether it is special, the merges in order. Ids at the end that no text becomes
 * don't count: files pad their vocabulary by them, or don't.
 */
export function tokenizerDigest({ tokens, merges, special, preTokenizer }: ByteLevelTokenizer): string {
  const form = new CanonicalForm();
  form.text('byte-level-bpe');
  form.text(preTokenizer);
  let id = 0;
  let unused = 0;
  for (const token of tokens) {
    if (token === null) unused++;
    else {
      for (; unused > 0; unused--) form.mark(marks.unused);
      form.mark(special.has(id) ? marks.special : marks.ordinary);
      if (special.has(id)) form.text(token);
      else form.token(token);
    }
    id++;
  }
  form.mark(marks.merges);
  for (const [left, right] of merges) {
    form.token(left);
    form.token(right);
  }
  return form.digest();
}

/** Hashes bytes, each run of them behind its length. Half a million tokens go through it: it makes no object for any. */
class CanonicalForm {
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafe(64 * 1024);
  #filled = 0;

  mark(mark: number): void {
    this.#makeRoom(1);
    this.#buffer[this.#filled++] = mark;
  }

  text(text: string): void {
    this.#makeRoom(4 + text.length * 3);
    this.#close(this.#buffer.write(text, this.#filled + 4));
  }

  /** A vocabulary's own letters become their bytes; a token with others can only stand for itself. */
  token(token: string): void {
    this.#makeRoom(4 + token.length);
    const bytes = decodeByteLevel(token, this.#buffer, this.#filled + 4);
    if (bytes < 0) this.text(token);
    else this.#close(bytes);
  }

  digest(): string {
    return this.#hash.update(this.#buffer.subarray(0, this.#filled)).digest('hex');
  }

  #makeRoom(bytes: number): void {
    if (bytes > this.#buffer.length) throw new Error('The tokenizer has a token that is longer than any text.');
    if (this.#filled + bytes <= this.#buffer.length) return;
    this.#hash.update(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #close(bytes: number): void {
    this.#buffer.writeUInt32LE(bytes, this.#filled);
    this.#filled += 4 + bytes;
  }
}
