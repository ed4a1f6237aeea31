/**
 * Reads bytes that are to be UTF-8, after the bytes of a character that has begun.
 * @returns the bytes of the character that has begun at the end; `null` where they are no UTF-8, whatever follows
 */
export function utf8Rest(begun: readonly number[], bytes: Iterable<number>): readonly number[] | null {
  let rest = [...begun];
  for (const byte of bytes) {
    rest.push(byte);
    const length = lengthOf(rest[0] ?? 0);
    if (length === 0 || !isBegun(rest)) return null;
    if (rest.length === length) rest = [];
  }
  return rest;
}

/** How many bytes a character has that begins with this one; 0 for one that begins none. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/** The second byte is what tells longer ways to write a character, surrogates, and what is behind the last character. */
const secondBytes: Readonly<Record<number, readonly [number, number]>> = {
  224: [0xa0, 0xbf],
  237: [0x80, 0x9f],
  240: [0x90, 0xbf],
  244: [0x80, 0x8f],
};

function isBegun([first = 0, ...others]: readonly number[]): boolean {
  return others.every((byte, index) => {
    const [least, most] = (index === 0 && secondBytes[first]) || [0x80, 0xbf];
    return byte >= least && byte <= most;
  });
}
