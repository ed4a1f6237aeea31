// A mark at the beginning is a character like any other; bytes that are none become U+FFFD.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Cuts UTF-8 into what it holds of whole characters, and the bytes of one that has only begun. */
export function wholeCharacters(bytes: Uint8Array): { readonly text: string; readonly rest: Uint8Array } {
  const end = bytes.length - begunBytes(bytes);
  return { text: decoder.decode(bytes.subarray(0, end)), rest: bytes.slice(end) };
}

function begunBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0x80 && byte < 0xc0) continue;
    return back < characterBytes(byte) ? back : 0;
  }
  return 0;
}

/** How many bytes a character has that begins with this one. */
function characterBytes(first: number): number {
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 1;
}
