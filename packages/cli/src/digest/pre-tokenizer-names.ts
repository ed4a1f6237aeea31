import { type JsonObject, listOf, objectOf } from '../model/json-fields.ts';

/**
 * Names that GGUF files have (`tokenizer.ggml.pre`) for a way of cutting text which has several of them; the first stands for all, so
 * that digests agree. Source: llama.cpp's `llama_vocab`, where these share their expressions. A name that isn't here stands for itself.
 */
const sameWay: readonly (readonly string[])[] = [
  ['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'pixtral'],
  ['smollm', 'starcoder', 'refact', 'command-r', 'codeshell'],
  ['qwen2', 'deepseek-r1-qwen'],
];

const firstNames: ReadonlyMap<string, string> = new Map(
  sameWay.flatMap(([first, ...others]) => others.map((name): [string, string] => [name, first ?? name])),
);

export function preTokenizerName(name: string): string {
  return firstNames.get(name) ?? name;
}

/**
 * Whether a piece of text that is a token goes in as that one whatever merges would make of it (`ignore_merges`). A GGUF file does not say:
 * llama.cpp takes it for granted for Llama 3's way of cutting, and for no other one of these.
 */
export function ignoresMerges(name: string): boolean {
  return name === 'llama-bpe';
}

/** The expression of Llama 3 and of those that followed it; they differ in how many digits go together. */
const words = (digits: string) =>
  [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+',
    `\\p{N}${digits}`,
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*',
    '\\s*[\\r\\n]+',
    '\\s+(?!\\S)',
    '\\s+',
  ].join('|');

/** A way of cutting text as `tokenizer.json` tells it, its steps in the words of `stepOf`. */
const namesBySteps: ReadonlyMap<string, string> = new Map([
  ['bytes-and-words', 'gpt-2'],
  ['digits bytes-and-words', 'smollm'],
  [`split:${words('{1,3}')} bytes`, 'llama-bpe'],
  [`split:${words('')} bytes`, 'qwen2'],
]);

/** The name for what a `tokenizer.json` has as pre-tokenizer; `undefined` for ways that are not known here, and where a normalizer changes text. */
export function preTokenizerNameOf(preTokenizer: unknown, normalizer: unknown): string | undefined {
  const name = namesBySteps.get(flatten(objectOf(preTokenizer)).map(stepOf).join(' '));
  // Qwen's, for one, composes characters first (NFC); llama.cpp does not, and counts other tokens for a text that isn't composed.
  return normalizer === null || normalizer === undefined ? name : undefined;
}

function flatten(step: JsonObject): readonly JsonObject[] {
  if (step.type !== 'Sequence') return [step];
  return listOf(step, 'pretokenizers').flatMap((inner) => flatten(objectOf(inner)));
}

function stepOf(step: JsonObject): string {
  const { type, behavior, invert, individual_digits: areSingle, use_regex: cutsWords } = step;
  if (type === 'Digits' && areSingle === true) return 'digits';
  if (type === 'ByteLevel' && step.add_prefix_space === false) return cutsWords === false ? 'bytes' : 'bytes-and-words';
  if (type !== 'Split' || behavior !== 'Isolated' || invert === true) return 'other';
  const { Regex: regex } = objectOf(step.pattern);
  return regex === '\\p{N}' ? 'digits' : `split:${regex}`;
}
