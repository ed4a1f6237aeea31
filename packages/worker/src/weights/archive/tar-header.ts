import { badArchive } from './bad-archive.ts';
import { blockBytes, checksumOf, type FieldName, fields } from './tar-format.ts';

export interface TarHeader {
  readonly name: string;
  readonly bytes: number;
  /** A letter of the format: `0` is a file, `5` a folder, `x` and `L` tell more of the entry after them. */
  readonly type: string;
}

/**
 * Reads a header block; `null` where it is all zeros, which is the end of an archive.
 * @throws OrillaError `storage.bad-archive`
 */
export function readHeader(block: Uint8Array): TarHeader | null {
  if (block.length !== blockBytes) throw badArchive('it ends too early');
  if (block.every((byte) => byte === 0)) return null;
  const field = (name: FieldName) => block.subarray(fields[name][0], fields[name][0] + fields[name][1]);
  const magic = textOf(field('magic'));
  if (!magic.startsWith('ustar')) throw badArchive('it is no tar archive');
  if (numberOf(field('checksum')) !== checksumOf(block)) throw badArchive('one of its headers is damaged');
  // GNU's older form has other things where the prefix would be.
  const prefix = magic === 'ustar' ? textOf(field('prefix')) : '';
  const name = textOf(field('name'));
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    bytes: numberOf(field('size')),
    type: String.fromCharCode(field('type')[0] || 0x30), // an old way to say "a file" is a zero
  };
}

/** Reads an extended header: what it says of the path and the size of the entry after it. @throws OrillaError `storage.bad-archive` */
export function readPax(content: Uint8Array): { readonly name?: string; readonly bytes?: number } {
  let found: { name?: string; bytes?: number } = {};
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(0x20, at);
    const length = decimal(utf8(content.subarray(at, blank === -1 ? at : blank)));
    const record = utf8(content.subarray(blank + 1, at + length));
    const equals = record.indexOf('=');
    if (at + length > content.length || equals < 1 || !record.endsWith('\n')) throw damaged();
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1, -1)];
    if (key === 'path') found = { ...found, name: value };
    if (key === 'size') found = { ...found, bytes: decimal(value) };
    if (key.startsWith('GNU.sparse.')) throw badArchive('it has files with holes');
    at += length;
  }
  return found;
}

/** Text up to the first zero. @throws OrillaError `storage.bad-archive` */
export function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return utf8(end === -1 ? field : field.subarray(0, end));
}

/** Octal digits between blanks and zeros, or, with the first bit set, the number itself, highest byte first. */
function numberOf(field: Uint8Array): number {
  const [first = 0, ...rest] = field;
  if (first & 0x80) {
    const value = rest.reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
    if (Number.isSafeInteger(value)) return value;
    throw damaged();
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(utf8(field))?.[1];
  if (digits === undefined) throw damaged();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function decimal(text: string): number {
  const value = /^[1-9][0-9]*$|^0$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw damaged();
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw badArchive('one of its names is no text', error);
  }
}

function damaged() {
  return badArchive('one of its headers is damaged');
}
