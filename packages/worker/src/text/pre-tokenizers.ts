/** How a text is cut before byte pairs are merged, in the form of Hugging Face's `tokenizer.json`. */
export interface PreTokenizer {
  readonly steps: readonly object[];
  /** A piece that is a token as it stands is taken as that, whatever the merges say. */
  readonly ignoresMerges: boolean;
  /** A text begins with the begin-of-sequence token where the file doesn't say otherwise. */
  readonly addsBos: boolean;
}

const split = (regex: string) => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false });
const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const gpt2Words = { ...bytes, use_regex: true };

/** The pattern of Llama 3 and of those that followed it; they differ in how many digits go together. */
const words = (digits: string) =>
  split(
    [
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
      '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+',
      `\\p{N}${digits}`,
      ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*',
      '\\s*[\\r\\n]+',
      '\\s+(?!\\S)',
      '\\s+',
    ].join('|'),
  );

/** By the names that GGUF files have for them (`tokenizer.ggml.pre`). A name that isn't here can't be counted exactly. */
export const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': { steps: [gpt2Words], ignoresMerges: false, addsBos: false },
  smollm: { steps: [split('\\p{N}'), gpt2Words], ignoresMerges: false, addsBos: false },
  qwen2: { steps: [words(''), bytes], ignoresMerges: false, addsBos: false },
  'llama-bpe': { steps: [words('{1,3}'), bytes], ignoresMerges: true, addsBos: true },
};
