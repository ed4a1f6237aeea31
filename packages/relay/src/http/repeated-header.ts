/** Headers that decide who asks, from where, and how far the request may travel: each may stand once. */
const single = [
  'host',
  'origin',
  'authorization',
  'x-api-key',
  'content-type',
  'orilla-privacy',
  'orilla-receipt',
] as const;
const bits = new Map<string, number>(single.map((name, index) => [name, 1 << index]));
const lengths = new Set(single.map((name) => name.length));

/**
 * The name of a header that stands twice though it decides something, or `null`. Node joins or drops repeated headers
 * before anybody sees them, so that a proxy in front and the relay could each believe in another one.
 */
export function repeatedHeader(rawHeaders: readonly string[]): string | null {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name === undefined || !lengths.has(name.length)) continue;
    const lowerCase = name.toLowerCase();
    const bit = bits.get(lowerCase) ?? 0;
    if ((seen & bit) !== 0) return lowerCase;
    seen |= bit;
  }
  return null;
}
