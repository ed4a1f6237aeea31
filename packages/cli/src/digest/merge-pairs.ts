/** Whether a text is two tokens with a blank between, which is in no token's alphabet. */
export function isMerge(text: string): boolean {
  const blank = text.indexOf(' ');
  return blank > 0 && blank < text.length - 1 && !text.includes(' ', blank + 1);
}

/** Merges as GGUF files and older `tokenizer.json` have them, each an `isMerge`. */
export function* mergePairs(merges: Iterable<string>): Generator<readonly [string, string]> {
  for (const merge of merges) {
    const blank = merge.indexOf(' ');
    yield [merge.slice(0, blank), merge.slice(blank + 1)];
  }
}
