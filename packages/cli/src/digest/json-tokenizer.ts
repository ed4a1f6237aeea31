import { type JsonObject, listOf, objectOf } from '../model/json-fields.ts';
import type { ByteLevelTokenizer } from './canonical-tokenizer.ts';
import { isMerge, mergePairs } from './merge-pairs.ts';
import { ignoresMerges, preTokenizerNameOf } from './pre-tokenizer-names.ts';

/** No vocabulary is larger: an id beyond it is an attack on memory, not a token. */
const maxTokens = 1_000_000;

/**
 * The tokenizer of a `tokenizer.json` (Hugging Face's tokenizers library), parsed; `undefined` for kinds other than byte-level BPE that
 * does nothing but what a GGUF file can tell: it cuts text in a way which has a name there, and changes nothing of it before.
 */
export function jsonTokenizer(json: unknown): ByteLevelTokenizer | undefined {
  const tokenizer = objectOf(json);
  const model = objectOf(tokenizer.model);
  const { type, vocab, merges } = model;
  const name = preTokenizerNameOf(tokenizer.pre_tokenizer, tokenizer.normalizer);
  if ((type !== undefined && type !== 'BPE') || name === undefined || !isTold(model, name)) return;
  const orderedMerges = mergesOf(merges);
  if (!orderedMerges) return;
  const tokens: (string | null)[] = [];
  const special = new Set<number>();
  for (const [token, id] of Object.entries(objectOf(vocab))) put(tokens, id, token);
  for (const entry of listOf(tokenizer, 'added_tokens')) {
    const { id, content } = objectOf(entry);
    if (typeof content === 'string' && put(tokens, id, content)) special.add(Number(id));
  }
  return tokens.length > 0 ? { tokens, merges: orderedMerges, special, preTokenizer: name } : undefined;
}

/** Whether a GGUF with this name of a pre-tokenizer does the same: it has no words for what a `tokenizer.json` may add to merging. */
function isTold(model: JsonObject, name: string): boolean {
  const { byte_fallback, continuing_subword_prefix, end_of_word_suffix, ignore_merges } = model;
  if (byte_fallback === true || continuing_subword_prefix || end_of_word_suffix) return false;
  return (ignore_merges === true) === ignoresMerges(name);
}

function put(tokens: (string | null)[], id: unknown, token: string): boolean {
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id >= maxTokens) return false;
  while (tokens.length < id) tokens.push(null);
  tokens[id] = token;
  return true;
}

/** Pairs since tokenizers 0.20, texts before. */
function mergesOf(merges: unknown): Iterable<readonly [string, string]> | undefined {
  if (!Array.isArray(merges)) return undefined;
  if (merges.every((merge): merge is string => typeof merge === 'string'))
    return merges.every(isMerge) ? mergePairs(merges) : undefined;
  return merges.every(isPair) ? merges : undefined;
}

function isPair(merge: unknown): merge is readonly [string, string] {
  return Array.isArray(merge) && merge.length === 2 && merge.every((half) => typeof half === 'string' && half !== '');
}
