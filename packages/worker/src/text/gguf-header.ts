import { OrillaError } from '@orilla/contract';

/** A value of a GGUF's metadata. Lists of lists, and numbers beyond 2^53, are in no key that is read here. */
export type GgufValue = string | number | boolean | readonly string[] | readonly number[] | null;

export type GgufHeader = ReadonlyMap<string, GgufValue>;

const firstBytes = 1024 ** 2;
/** The largest vocabularies take a dozen MiB. */
const mostBytes = 64 * 1024 ** 2;

export interface ReadGgufOptions {
  /** Without them lists are read over and `null`: a vocabulary takes most of the time. Default: with them. */
  readonly withLists?: boolean;
}

/**
 * Reads the metadata at the beginning of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), asking for more of
 * the file until it has all of them. `readHead` may give more than it was asked for.
 * @throws OrillaError `engine.load-failed` where it is no GGUF of version 2 or 3
 */
export async function readGgufHeader(
  readHead: (bytes: number) => Promise<Blob>,
  options: ReadGgufOptions = {},
): Promise<GgufHeader> {
  for (let bytes = firstBytes; bytes <= mostBytes; bytes *= 2) {
    const head = await readHead(bytes);
    const header = parseGgufHeader(await head.slice(0, bytes).arrayBuffer(), options);
    if (header) return header;
    if (head.size < bytes) break;
  }
  throw badGguf('its header does not end');
}

/** @returns `null` where the header is longer than what is there of it */
export function parseGgufHeader(buffer: ArrayBuffer, options: ReadGgufOptions = {}): GgufHeader | null {
  const reader = new GgufReader(buffer, options);
  try {
    return reader.header();
  } catch (error) {
    // Reading behind the end is how DataView says that there is not enough.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const magic = 0x46554747; // "GGUF", little-endian

/** The numbers by which a GGUF tells its types; fixed-size ones with their size in bytes. */
const sizes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const stringType = 8;
const listType = 9;

class GgufReader {
  readonly #view: DataView;
  readonly #decoder = new TextDecoder();
  readonly #withLists: boolean;
  #at = 0;

  constructor(buffer: ArrayBuffer, { withLists = true }: ReadGgufOptions) {
    this.#view = new DataView(buffer);
    this.#withLists = withLists;
  }

  header(): GgufHeader {
    if (this.#number(4) !== magic) throw badGguf('it does not begin like one');
    const version = this.#number(4);
    if (version !== 2 && version !== 3) throw badGguf(`it has version ${version}`);
    this.#number(10); // the number of tensors
    const count = this.#number(10);
    const header = new Map<string, GgufValue>();
    for (let index = 0; index < count; index += 1) {
      const key = this.#string();
      header.set(key, this.#value(this.#number(4)));
    }
    return header;
  }

  #value(type: number): GgufValue {
    if (type === stringType) return this.#string();
    if (type === listType) return this.#list();
    return type === 7 ? this.#number(type) === 1 : this.#number(type);
  }

  #list(): GgufValue {
    const type = this.#number(4);
    const length = this.#number(10);
    const end = this.#at + length * (sizes[type] ?? 1);
    // A length that cannot be is found here, before memory is taken for it.
    if (end > this.#view.byteLength) throw new RangeError('behind the end');
    if (!this.#withLists && type !== listType) return this.#readOver(type, length);
    if (type === stringType) return Array.from({ length }, () => this.#string());
    if (type !== listType) return Array.from({ length }, () => this.#number(type));
    for (let index = 0; index < length; index += 1) this.#list();
    return null;
  }

  #readOver(type: number, length: number): null {
    if (type !== stringType) this.#at += length * (sizes[type] ?? 0);
    else
      for (let index = 0; index < length; index += 1) {
        const bytes = this.#number(10);
        this.#at += bytes;
      }
    if (this.#at > this.#view.byteLength) throw new RangeError('behind the end');
    return null;
  }

  #string(): string {
    const length = this.#number(10);
    const bytes = new Uint8Array(this.#view.buffer, this.#at, length);
    this.#at += length;
    return this.#decoder.decode(bytes);
  }

  #number(type: number): number {
    const at = this.#at;
    this.#at += sizes[type] ?? 0;
    switch (type) {
      case 0:
      case 7:
        return this.#view.getUint8(at);
      case 1:
        return this.#view.getInt8(at);
      case 2:
        return this.#view.getUint16(at, true);
      case 3:
        return this.#view.getInt16(at, true);
      case 4:
        return this.#view.getUint32(at, true);
      case 5:
        return this.#view.getInt32(at, true);
      case 6:
        return this.#view.getFloat32(at, true);
      case 10:
        return Number(this.#view.getBigUint64(at, true));
      case 11:
        return Number(this.#view.getBigInt64(at, true));
      case 12:
        return this.#view.getFloat64(at, true);
      default:
        throw badGguf(`it uses the unknown type ${type}`);
    }
  }
}

function badGguf(why: string): OrillaError {
  return new OrillaError('engine.load-failed', `The model's file is no GGUF that can be read: ${why}.`, {
    advice: 'Make the package again from a GGUF of version 2 or 3.',
  });
}
