import { type GgufHeader, NoGguf, parseGguf } from './parse-gguf.ts';

const firstBytes = 1024 * 1024;
/** The largest vocabularies take two dozen MiB. */
const defaultMostBytes = 128 * 1024 * 1024;

/**
 * Reads a GGUF file's header, and little more of the file. `name` is for people.
 * @throws Error where it is none, or its header longer than `mostBytes`; as the stream
 */
export async function readGguf(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  { mostBytes = defaultMostBytes }: { readonly mostBytes?: number } = {},
): Promise<GgufHeader> {
  // Grows in its place: a copy for each size would take more memory than the header itself.
  const head = new ArrayBuffer(0, { maxByteLength: mostBytes });
  let tryAt = firstBytes;
  for await (const piece of stream) {
    const filled = head.byteLength;
    if (filled + piece.length > mostBytes) throw noGguf(name, 'Its header does not end.');
    head.resize(filled + piece.length);
    new Uint8Array(head).set(piece, filled);
    if (head.byteLength < tryAt) continue;
    const header = parseIfWhole(head, name);
    if (header) return header;
    tryAt = head.byteLength * 2;
  }
  const header = parseIfWhole(head, name);
  if (!header) throw noGguf(name, 'It ends too early.');
  return header;
}

function parseIfWhole(head: ArrayBuffer, name: string): GgufHeader | undefined {
  try {
    return parseGguf(Buffer.from(head, 0, head.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error instanceof NoGguf ? noGguf(name, error.message) : error;
  }
}

function noGguf(name: string, why: string): Error {
  return new Error(`${name} is no GGUF file that can be read. ${why}`);
}
