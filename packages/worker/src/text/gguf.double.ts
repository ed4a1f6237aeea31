/** Metadata to write, each with its GGUF type told by how it is given; `raw` writes bytes as they are. */
export type GgufEntry =
  | readonly [key: string, value: string | boolean | readonly string[]]
  | readonly [
      key: string,
      value: number | readonly number[],
      type: 'u8' | 'i32' | 'u32' | 'f32' | 'u64' | 'i64' | 'f64',
    ];

const numberTypes = { u8: 0, u32: 4, i32: 5, f32: 6, u64: 10, i64: 11, f64: 12 } as const;

/** Writes the beginning of a GGUF file: its metadata, and some bytes that stand for the tensors. */
export function writeGguf(
  entries: readonly GgufEntry[],
  { version = 3, magic = 'GGUF' } = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const number = (value: number, type: keyof typeof numberTypes) => {
    const view = new DataView(new ArrayBuffer(8));
    const sizes = { u8: 1, u32: 4, i32: 4, f32: 4, u64: 8, i64: 8, f64: 8 };
    if (type === 'u8') view.setUint8(0, value);
    if (type === 'u32') view.setUint32(0, value, true);
    if (type === 'i32') view.setInt32(0, value, true);
    if (type === 'f32') view.setFloat32(0, value, true);
    if (type === 'u64') view.setBigUint64(0, BigInt(value), true);
    if (type === 'i64') view.setBigInt64(0, BigInt(value), true);
    if (type === 'f64') view.setFloat64(0, value, true);
    parts.push(new Uint8Array(view.buffer, 0, sizes[type]));
  };
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    number(bytes.length, 'u64');
    parts.push(bytes);
  };
  parts.push(new TextEncoder().encode(magic));
  number(version, 'u32');
  number(2, 'u64');
  number(entries.length, 'u64');
  for (const [key, value, type] of entries) {
    text(key);
    const items = Array.isArray(value) ? value : [value];
    if (Array.isArray(value)) number(9, 'u32');
    if (type !== undefined) number(numberTypes[type], 'u32');
    else number(typeof items[0] === 'boolean' ? 7 : 8, 'u32');
    if (Array.isArray(value)) number(items.length, 'u64');
    for (const item of items) {
      if (typeof item === 'string') text(item);
      else if (typeof item === 'boolean') number(item ? 1 : 0, 'u8');
      else if (type !== undefined) number(item, type);
    }
  }
  parts.push(new Uint8Array(64));
  return joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
