/**
 * The alphabet that byte-level BPE writes bytes in (OpenAI's GPT-2, `bytes_to_unicode`): printable Latin-1 bytes stand for
 * themselves, all others for the characters from U+0100 on.
 */
const byteOf: ReadonlyMap<string, number> = new Map(alphabet());

function alphabet(): [string, number][] {
  const isPrintable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte): [string, number] => [
    String.fromCodePoint(isPrintable(byte) ? byte : next++),
    byte,
  ]);
}

/** The bytes of a token as byte-level BPE writes it; `undefined` where it holds a character of no byte. */
export function decodeByteLevel(token: string): Buffer | undefined {
  const bytes = [...token].map((character) => byteOf.get(character));
  return bytes.every((byte) => byte !== undefined) ? Buffer.from(bytes) : undefined;
}
