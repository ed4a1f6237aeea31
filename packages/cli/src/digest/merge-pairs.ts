/** Merges as GGUF files and older `tokenizer.json` have them: two tokens with a blank between, which is in no token's alphabet. */
export function* mergePairs(merges: Iterable<string>): Generator<readonly [string, string]> {
  for (const merge of merges) {
    const blank = merge.indexOf(' ', 1);
    yield [merge.slice(0, blank), merge.slice(blank + 1)];
  }
}
