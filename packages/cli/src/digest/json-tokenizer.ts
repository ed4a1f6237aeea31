import { listOf, objectOf } from '../model/json-fields.ts';
import type { ByteLevelTokenizer } from './canonical-tokenizer.ts';
import { mergePairs } from './merge-pairs.ts';
import { preTokenizerNameOf } from './pre-tokenizer-names.ts';

/** No vocabulary is larger: an id beyond it is an attack on memory, not a token. */
const maxTokens = 1_000_000;

/**
 * The tokenizer of a `tokenizer.json` (Hugging Face's tokenizers library), parsed; `undefined` for kinds other than byte-level BPE that
 * cuts text in a way which has a name in GGUF files.
 */
export function jsonTokenizer(json: unknown): ByteLevelTokenizer | undefined {
  const tokenizer = objectOf(json);
  const { type, vocab, merges, byte_fallback: hasByteFallback } = objectOf(tokenizer.model);
  const name = preTokenizerNameOf(tokenizer.pre_tokenizer, tokenizer.normalizer);
  if ((type !== undefined && type !== 'BPE') || hasByteFallback === true || name === undefined) return;
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

function put(tokens: (string | null)[], id: unknown, token: string): boolean {
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id >= maxTokens) return false;
  while (tokens.length < id) tokens.push(null);
  tokens[id] = token;
  return true;
}

/** Pairs since tokenizers 0.20, texts before. */
function mergesOf(merges: unknown): Iterable<readonly [string, string]> | undefined {
  if (!Array.isArray(merges)) return undefined;
  if (merges.every((merge): merge is string => typeof merge === 'string')) return mergePairs(merges);
  return merges.every(isPair) ? merges : undefined;
}

function isPair(merge: unknown): merge is readonly [string, string] {
  return Array.isArray(merge) && merge.length === 2 && merge.every((half) => typeof half === 'string');
}
