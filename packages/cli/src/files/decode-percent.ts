/** A percent-encoded text, decoded. @throws Error where a `%` in it stands for nothing, telling what to write instead */
export function decodePercent(text: string, address: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`${address} has a % that stands for no character. Write %25 for the % itself.`);
  }
}
