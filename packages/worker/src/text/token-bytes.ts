const encoder = new TextEncoder();

/**
 * The character that byte-level vocabularies write for each byte, so that every token is printable: bytes that are printable in Latin-1
 * stand for themselves, the others for the characters from U+0100 on (https://github.com/openai/gpt-2/blob/master/src/encoder.py).
 */
export const byteLevelChars: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(isPrintable ? byte : next++);
  });
})();

const byteOfChar: ReadonlyMap<string, number> = new Map(byteLevelChars.map((char, byte) => [char, byte]));

/** What a token of a byte-level vocabulary stands for. A character of none of its bytes stands for itself. */
export function byteLevelBytes(token: string): Uint8Array {
  return Uint8Array.from([...token].flatMap((char) => byteOfChar.get(char) ?? [...encoder.encode(char)]));
}

/** What a token of a SentencePiece vocabulary stands for: `▁` is a space, `<0x0A>` a byte. */
export function sentencePieceBytes(token: string): Uint8Array {
  const [, byte] = /^<0x([0-9A-Fa-f]{2})>$/.exec(token) ?? [];
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
  return encoder.encode(token.replaceAll('▁', ' '));
}
