const [quote, backslash] = [0x22, 0x5c];

/** Where in a text in JSON its bytes have come to, and how many characters that text has. An escape of a code counts each of its signs. */
export interface TextLength {
  readonly isInText: boolean;
  readonly isEscaped: boolean;
  readonly length: number;
  /** The most that any text came to that these bytes are in. */
  readonly most: number;
}

export const noText: TextLength = { isInText: false, isEscaped: false, length: 0, most: 0 };

/** Counts on, behind what was counted. */
export function textLength(before: TextLength, bytes: Uint8Array): TextLength {
  let { isInText, isEscaped, length } = before;
  let most = 0;
  for (const byte of bytes) {
    if (!isInText) {
      isInText = byte === quote;
      length = 0;
    } else if (isEscaped) {
      isEscaped = false;
    } else if (byte === quote) {
      isInText = false;
    } else {
      isEscaped = byte === backslash;
      // Bytes that go on with a character are none of their own.
      if (byte < 0x80 || byte >= 0xc0) length += 1;
      most = Math.max(most, length);
    }
  }
  return { isInText, isEscaped, length, most };
}
