import { blockBytes, checksumOf, type FieldName, fields, paddingOf } from './tar-format.ts';

/** A file to be written; `name` is its path in the archive. */
export interface TarFile {
  readonly name: string;
  readonly content: Blob;
}

/** What eleven octal digits can say. */
const maxOctalSize = 8 ** 11 - 1;

/** A tar archive of files, composed without a copy of their content. Any tar reads it. */
export function writeTar(files: readonly TarFile[]): Blob {
  const parts = files.flatMap(({ name, content }) => [
    ...tarHeaders(name, content.size),
    content,
    new Uint8Array(paddingOf(content.size)),
  ]);
  return new Blob([...parts, new Uint8Array(2 * blockBytes)], { type: 'application/x-tar' });
}

/** The header of a file; before it, where a header can't hold the name, one of the extended kind that does. */
export function tarHeaders(name: string, bytes: number): readonly Uint8Array<ArrayBuffer>[] {
  const split = splitName(name);
  if (split) return [header({ ...split, bytes, type: '0' })];
  const record = paxRecord('path', name);
  const padded = new Uint8Array(record.length + paddingOf(record.length));
  padded.set(record);
  return [
    header({ name: 'pax', prefix: '', bytes: record.length, type: 'x' }),
    padded,
    header({ name: 'file', prefix: '', bytes, type: '0' }),
  ];
}

/** A name that is too long for its field goes on in front of a slash in another. `null` where that does not do. */
function splitName(name: string): { readonly prefix: string; readonly name: string } | null {
  if (!/^[\x20-\x7e]*$/.test(name)) return null;
  const [, nameLength] = fields.name;
  const [, prefixLength] = fields.prefix;
  if (name.length <= nameLength) return { prefix: '', name };
  const slash = name.indexOf('/', name.length - nameLength - 1);
  if (slash < 1 || slash > prefixLength || slash === name.length - 1) return null;
  return { prefix: name.slice(0, slash), name: name.slice(slash + 1) };
}

interface HeaderValues {
  readonly name: string;
  readonly prefix: string;
  readonly bytes: number;
  readonly type: string;
}

function header({ name, prefix, bytes, type }: HeaderValues): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(blockBytes);
  const write = (field: FieldName, value: string | Uint8Array) =>
    block.set(typeof value === 'string' ? new TextEncoder().encode(value) : value, fields[field][0]);
  write('name', name);
  write('mode', '0000644');
  write('uid', '0000000');
  write('gid', '0000000');
  write('size', bytes > maxOctalSize ? base256(bytes) : octal(bytes, 11));
  // The same package gives the same archive, whenever it is made.
  write('mtime', octal(0, 11));
  write('type', type);
  write('magic', 'ustar\u000000');
  write('prefix', prefix);
  write('checksum', `${octal(checksumOf(block), 6)}\u0000 `);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** From 8 GiB on: the number itself, highest byte first, marked by the first bit. */
function base256(value: number): Uint8Array {
  const field = new Uint8Array(fields.size[1]);
  new DataView(field.buffer).setBigUint64(field.length - 8, BigInt(value));
  field[0] = 0x80;
  return field;
}

/** `length key=value`, where the length counts itself. */
function paxRecord(key: string, value: string): Uint8Array {
  const rest = new TextEncoder().encode(` ${key}=${value}\n`);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return new TextEncoder().encode(`${length} ${key}=${value}\n`);
}
