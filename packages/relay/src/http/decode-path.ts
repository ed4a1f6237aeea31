/** A path or a part of one in plain characters; `undefined` for what is no percent-encoded UTF-8. */
export function decodePath(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined; // it throws for nothing else
  }
}
