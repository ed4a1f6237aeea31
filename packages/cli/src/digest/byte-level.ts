/**
 * The alphabet that byte-level BPE writes bytes in (OpenAI's GPT-2, `bytes_to_unicode`): printable Latin-1 bytes stand for
 * themselves, all others for the characters from U+0100 on. By a character's code: its byte, or -1.
 */
const byteOf: Int16Array = alphabet();

function alphabet(): Int16Array {
  const isPrintable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  const bytes = new Int16Array(0x180).fill(-1);
  let next = 0x100;
  for (let byte = 0; byte < 0x100; byte++) bytes[isPrintable(byte) ? byte : next++] = byte;
  return bytes;
}

/** Writes the bytes of a token that byte-level BPE wrote, and gives their number; -1 where it holds a character of no byte. */
export function decodeByteLevel(token: string, into: Uint8Array, at = 0): number {
  for (let index = 0; index < token.length; index++) {
    const byte = byteOf[token.charCodeAt(index)] ?? -1;
    if (byte < 0) return -1;
    into[at + index] = byte;
  }
  return token.length;
}
