import type { GgufMetadata, GgufValue } from './gguf-metadata.ts';
import { TextList } from './text-list.ts';

/** What a GGUF file says about itself, as far as a package needs it. */
export interface GgufHeader {
  /** Where the first tensor's data begins, in bytes. */
  readonly tensorOffset: number;
  /** No file with all its tensors is shorter, in bytes. */
  readonly leastBytes: number;
  readonly metadata: GgufMetadata;
}

/** Far above what any known file has, and far below what would take all memory. */
const limits = { keys: 100_000, tensors: 1_000_000, textBytes: 16 * 1024 * 1024, listLength: 2_000_000, dimensions: 8 };

/** Bytes that are no GGUF, whatever follows. */
export class NoGguf extends Error {}

/**
 * Parses a GGUF file's beginning (version 2 or 3, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @throws RangeError where the header is longer than that; NoGguf
 */
export function parseGguf(head: Buffer): GgufHeader {
  const reader = new GgufReader(head);
  if (reader.take(4).toString('latin1') !== 'GGUF') throw new NoGguf('It does not begin like one.');
  const version = reader.take(4).readUInt32LE();
  if (version !== 2 && version !== 3) throw new NoGguf(`It has version ${version}; 2 and 3 are known.`);
  const tensors = reader.count(limits.tensors);
  const keys = reader.count(limits.keys);
  // A key may be called like something that every object has.
  const metadata: Record<string, GgufValue> = Object.create(null);
  for (let index = 0; index < keys; index++) {
    const key = reader.text();
    metadata[key] = reader.value(reader.type());
  }
  let lastTensor = 0;
  for (let index = 0; index < tensors; index++) lastTensor = Math.max(lastTensor, reader.tensorOffset());
  const alignment = metadata['general.alignment'] ?? 32;
  if (typeof alignment !== 'number' || alignment < 1) throw new NoGguf('Its alignment is no number.');
  const tensorOffset = Math.ceil(reader.offset / alignment) * alignment;
  return { tensorOffset, leastBytes: tensorOffset + lastTensor + (tensors > 0 ? 1 : 0), metadata };
}

const textType = 8;
const listType = 9;

/** Types of fixed size, by the numbers that GGUF has for them. */
const fixed: Readonly<Record<number, { readonly bytes: number; read(from: Buffer, at: number): number }>> = {
  0: { bytes: 1, read: (from, at) => from.readUInt8(at) },
  1: { bytes: 1, read: (from, at) => from.readInt8(at) },
  2: { bytes: 2, read: (from, at) => from.readUInt16LE(at) },
  3: { bytes: 2, read: (from, at) => from.readInt16LE(at) },
  4: { bytes: 4, read: (from, at) => from.readUInt32LE(at) },
  5: { bytes: 4, read: (from, at) => from.readInt32LE(at) },
  6: { bytes: 4, read: (from, at) => from.readFloatLE(at) },
  7: { bytes: 1, read: (from, at) => from.readUInt8(at) },
  10: { bytes: 8, read: (from, at) => Number(from.readBigUInt64LE(at)) },
  11: { bytes: 8, read: (from, at) => Number(from.readBigInt64LE(at)) },
  12: { bytes: 8, read: (from, at) => from.readDoubleLE(at) },
};

function fixedType(type: number) {
  const kind = fixed[type];
  if (!kind) throw new NoGguf(`It uses the unknown type ${type}.`);
  return kind;
}

class GgufReader {
  readonly #head: Buffer;
  offset = 0;

  constructor(head: Buffer) {
    this.#head = head;
  }

  /** The next bytes, not copied. @throws RangeError where there are fewer */
  take(length: number): Buffer {
    const end = this.offset + length;
    if (end > this.#head.length) throw new RangeError('It ends too early.');
    const taken = this.#head.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }

  count(most: number): number {
    const count = Number(this.take(8).readBigUInt64LE());
    if (count > most) throw new NoGguf(`A length of ${count} in it is more than the ${most} that are allowed.`);
    return count;
  }

  text(): string {
    return this.take(this.count(limits.textBytes)).toString('utf8');
  }

  type(): number {
    return this.take(4).readUInt32LE();
  }

  value(type: number): GgufValue {
    if (type === textType) return this.text();
    if (type === listType) return this.#list(1);
    const { bytes, read } = fixedType(type);
    const value = read(this.take(bytes), 0);
    return type === 7 ? value !== 0 : value;
  }

  /** Where a tensor's data begins, counted from the first one's. */
  tensorOffset(): number {
    this.take(this.count(limits.textBytes));
    const dimensions = this.take(4).readUInt32LE();
    if (dimensions > limits.dimensions) throw new NoGguf(`One of its tensors has ${dimensions} dimensions.`);
    return Number(this.take(dimensions * 8 + 4 + 8).readBigUInt64LE(dimensions * 8 + 4));
  }

  #list(depth: number): GgufValue {
    if (depth > 4) throw new NoGguf('It has lists in lists in lists.');
    const type = this.type();
    const length = this.count(limits.listLength);
    if (type === textType) return this.#texts(length);
    if (type !== listType) return this.#numbers(type, length);
    for (let index = 0; index < length; index++) this.#list(depth + 1);
    return null;
  }

  #texts(length: number): TextList {
    const starts = new Uint32Array(length);
    for (let index = 0; index < length; index++) {
      starts[index] = this.offset;
      // Not `take`, whose views are memory as well.
      if (this.offset + 8 > this.#head.length) throw new RangeError('It ends too early.');
      const bytes = this.#head.readUInt32LE(this.offset) + this.#head.readUInt32LE(this.offset + 4) * 2 ** 32;
      if (bytes > limits.textBytes) throw new NoGguf(`One of its texts has ${bytes} bytes.`);
      this.offset += 8 + bytes;
    }
    this.take(0);
    return new TextList(this.#head, starts);
  }

  #numbers(type: number, length: number): Float64Array {
    const { bytes, read } = fixedType(type);
    const from = this.take(length * bytes);
    return Float64Array.from({ length }, (_, index) => read(from, index * bytes));
  }
}
