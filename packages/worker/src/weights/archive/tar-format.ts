// POSIX.1-2017, pax Interchange Format: blocks of 512 bytes, a header before each file's content, zeros at the end.

export const blockBytes = 512;

/** A field of a header: where it begins, and its length. */
export const fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const satisfies Record<string, readonly [number, number]>;

export type FieldName = keyof typeof fields;

/** A file's content is followed by as many zeros as make its blocks whole. */
export function paddingOf(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}

/** The sum of a header's bytes, with blanks for the sum itself. */
export function checksumOf(header: Uint8Array): number {
  const [start, length] = fields.checksum;
  let sum = 0;
  for (const [at, byte] of header.entries()) sum += at >= start && at < start + length ? 0x20 : byte;
  return sum;
}
