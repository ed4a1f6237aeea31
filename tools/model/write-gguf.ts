/** A value of the metadata; numbers say how they are written. */
export type GgufValue =
  | string
  | boolean
  | readonly string[]
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly i32: readonly number[] };

export interface GgufTensor {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly values: Float32Array;
  readonly type: 'f32' | 'f16';
}

/** The numbers by which a GGUF tells its types. */
const valueTypes = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, list: 9 };
const tensorTypes = { f32: 0, f16: 1 };
const alignment = 32;

/** A GGUF file of version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): a tensor of one row is written as a vector. */
export function writeGguf(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Buffer {
  const entries = Object.entries(metadata);
  const head = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) head.push(text(key), typedValue(value));
  const data: Buffer[] = [];
  let offset = 0;
  for (const { name, rows, columns, values, type } of tensors) {
    const dims = rows === 1 ? [columns] : [columns, rows];
    head.push(text(name), u32(dims.length), ...dims.map(u64), u32(tensorTypes[type]), u64(offset));
    const bytes = padded(type === 'f32' ? floats(values) : halves(values));
    data.push(bytes);
    offset += bytes.length;
  }
  return Buffer.concat([padded(Buffer.concat(head)), ...data]);
}

function typedValue(value: GgufValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([u32(valueTypes.string), text(value)]);
  if (typeof value === 'boolean') return Buffer.concat([u32(valueTypes.bool), Buffer.from([value ? 1 : 0])]);
  if ('u32' in value) return Buffer.concat([u32(valueTypes.u32), u32(value.u32)]);
  if ('f32' in value) return Buffer.concat([u32(valueTypes.f32), floats([value.f32])]);
  if ('i32' in value) return list(valueTypes.i32, value.i32.map(u32));
  return list(valueTypes.string, value.map(text));
}

function list(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(valueTypes.list), u32(type), u64(items.length), ...items]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((alignment - (bytes.length % alignment)) % alignment)]);
}

function floats(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (let index = 0; index < values.length; index++) bytes.writeFloatLE(values[index] ?? 0, index * 4);
  return bytes;
}

function halves(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(halfOf(value), index * 2);
  return bytes;
}

const smallestNormal = 2 ** -14;

/** The 16 bits of the nearest half-precision float, where two are as near the even one. */
export function halfOf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < smallestNormal) return sign + roundToEven(size * 2 ** 24);
  if (size >= 65_520) return sign + 0x7c00;
  const exponent = Math.floor(Math.log2(size));
  // A fraction that is rounded up to the next power of two carries into the exponent, as it should.
  return sign + (exponent + 15) * 1024 + roundToEven((size / 2 ** exponent - 1) * 1024);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
