/** Bytes that are no protocol buffer, whatever follows. */
export class NoProtobuf extends Error {}

/** The beginning of a field: what follows it are `length` bytes, of a message where that is said; numbers are read over already. */
export interface FieldStart {
  readonly field: number;
  readonly isMessage: boolean;
  readonly length: number;
}

/** Where less is left out, reading on is faster than asking the source anew: for a hub that is two requests. */
const farBytes = 8 * 1024 * 1024;
const mostVarintBytes = 10;

/**
 * Walks through a file in the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/) whatever its size in a
 * constant amount of memory. What is left out in large pieces is not even read.
 */
export class ProtobufReader {
  readonly #open: (start: number) => AsyncIterable<Uint8Array>;
  readonly #bytes: number;
  #pieces: AsyncIterator<Uint8Array> | undefined;
  #buffer: Uint8Array = new Uint8Array();
  #at = 0;
  /** In the file. */
  position = 0;

  /** `open` streams the file of `bytes` bytes from a place on; each piece of it is good until the next one is asked for. */
  constructor(open: (start: number) => AsyncIterable<Uint8Array>, bytes: number) {
    this.#open = open;
    this.#bytes = bytes;
  }

  /** @throws NoProtobuf; as the source */
  async field(): Promise<FieldStart> {
    await this.#need(Math.min(2 * mostVarintBytes, this.#bytes - this.position));
    const tag = this.#varint();
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (field === 0) throw new NoProtobuf('It has a field without a number.');
    if (type === 0) {
      this.#varint();
      return { field, isMessage: false, length: 0 };
    }
    if (type === 1 || type === 5) return { field, isMessage: false, length: type === 1 ? 8 : 4 };
    if (type !== 2) throw new NoProtobuf(`It has a field of the unknown type ${type}.`);
    return { field, isMessage: true, length: this.#varint() };
  }

  async text(bytes: number): Promise<string> {
    await this.#need(bytes);
    const text = Buffer.from(this.#buffer.buffer, this.#buffer.byteOffset + this.#at, bytes).toString('utf8');
    this.#take(bytes);
    return text;
  }

  async skip(bytes: number): Promise<void> {
    const left = this.#buffer.length - this.#at;
    if (bytes <= left) return this.#take(bytes);
    this.position += left;
    this.#buffer = new Uint8Array();
    this.#at = 0;
    if (bytes - left <= farBytes) return this.#readOver(bytes - left);
    this.position += bytes - left;
    await this.close();
  }

  /** To be called when nothing more is read. */
  async close(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    await pieces?.return?.();
  }

  async #readOver(bytes: number): Promise<void> {
    for (let left = bytes; left > 0; ) {
      this.#buffer = await this.#next();
      this.#at = 0;
      const taken = Math.min(left, this.#buffer.length);
      this.#take(taken);
      left -= taken;
    }
  }

  /** Makes so many bytes lie in the buffer: as few as a field's beginning or a name have. */
  async #need(bytes: number): Promise<void> {
    while (this.#buffer.length - this.#at < bytes) {
      // The source may use its piece again.
      const rest = Uint8Array.from(this.#buffer.subarray(this.#at));
      const piece = await this.#next();
      this.#buffer = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      this.#at = 0;
    }
  }

  async #next(): Promise<Uint8Array> {
    this.#pieces ??= this.#open(this.position + this.#buffer.length - this.#at)[Symbol.asyncIterator]();
    const { done, value } = await this.#pieces.next();
    if (done) throw new NoProtobuf('It ends too early.');
    return value;
  }

  #varint(): number {
    let value = 0;
    for (let index = 0; index < mostVarintBytes; index++) {
      const byte = this.#buffer[this.#at];
      if (byte === undefined) throw new NoProtobuf('It ends too early.');
      this.#take(1);
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw new NoProtobuf('It has a number without end.');
  }

  #take(bytes: number): void {
    this.#at += bytes;
    this.position += bytes;
  }
}
