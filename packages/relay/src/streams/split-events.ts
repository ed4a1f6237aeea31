/** A piece of an event stream that ends with a blank line: mostly one event, sometimes only comments. */
export interface EventBlock {
  readonly bytes: Buffer;
  /** One line, ended by line feeds: it can be read without a parser and passed on as it is. */
  readonly isOneLine: boolean;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** An event may not be longer than this many bytes: a stream without blank lines would fill the memory. */
export const maxEventBytes = 8 * 1024 * 1024;

/**
 * Cuts a stream of server-sent events into blocks, on bytes, so that a character cut in two by the network stays whole.
 * Lines may end in LF, CR or CRLF, also mixed, as the specification has it (WHATWG HTML, "Server-sent events").
 * Looks at each byte once, however the chunks are cut.
 */
export class EventSplitter {
  readonly #maxBytes: number;
  /** Chunks of a block that is not complete. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #lines = 0;
  #lineIsEmpty = true;
  #sawCarriageReturn = false;
  #lastWasCarriageReturn = false;

  constructor(options: { readonly maxBytes?: number } = {}) {
    this.#maxBytes = options.maxBytes ?? maxEventBytes;
  }

  /** The blocks that this chunk completes. `null` once a block is too long: the stream can't be read any further. */
  push(chunk: Buffer): readonly EventBlock[] | null {
    const blocks: EventBlock[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== lineFeed && byte !== carriageReturn) {
        this.#lineIsEmpty = false;
        this.#lastWasCarriageReturn = false;
        continue;
      }
      if (byte === lineFeed && this.#lastWasCarriageReturn) {
        this.#lastWasCarriageReturn = false;
        continue;
      }
      this.#lastWasCarriageReturn = byte === carriageReturn;
      if (this.#lastWasCarriageReturn) this.#sawCarriageReturn = true;
      if (!this.#lineIsEmpty) {
        this.#lines++;
        this.#lineIsEmpty = true;
        continue;
      }
      if (this.#lines > 0) {
        const bytes = this.#join(chunk.subarray(start, at + 1));
        blocks.push({ bytes, isOneLine: this.#lines === 1 && !this.#sawCarriageReturn });
      }
      this.#reset();
      start = at + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return this.#partBytes > this.#maxBytes ? null : blocks;
  }

  /** What stands after the last blank line, for streams that end without one. */
  rest(): EventBlock | null {
    const bytes = this.#join(Buffer.alloc(0));
    this.#reset();
    return bytes.length === 0 ? null : { bytes, isOneLine: false };
  }

  #keep(part: Buffer): void {
    this.#parts.push(part);
    this.#partBytes += part.length;
  }

  #join(last: Buffer): Buffer {
    return this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
  }

  #reset(): void {
    if (this.#parts.length > 0) this.#parts = [];
    this.#partBytes = 0;
    this.#lines = 0;
    // A CR that ended the block may be half of a CRLF: its LF opens the next block and means nothing there.
    this.#sawCarriageReturn = this.#lastWasCarriageReturn;
  }
}
