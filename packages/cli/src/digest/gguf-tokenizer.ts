import { type GgufMetadata, numbersOf, stringOf, stringsOf } from '../model/gguf/gguf-metadata.ts';
import type { ByteLevelTokenizer } from './canonical-tokenizer.ts';
import { isMerge, mergePairs } from './merge-pairs.ts';
import { preTokenizerName } from './pre-tokenizer-names.ts';

/** Kinds of tokens as llama.cpp numbers them: `control` and `user-defined` stand for themselves, `unused` for nothing. */
const [control, userDefined, unused] = [3, 4, 5];

/**
 * The tokenizer of a GGUF file; `undefined` for kinds other than byte-level BPE, whose canonical form is not defined yet, and for merges
 * that are none.
 */
export function ggufTokenizer(metadata: GgufMetadata): ByteLevelTokenizer | undefined {
  const tokens = stringsOf(metadata, 'tokenizer.ggml.tokens');
  const merges = stringsOf(metadata, 'tokenizer.ggml.merges');
  const name = stringOf(metadata, 'tokenizer.ggml.pre');
  if (stringOf(metadata, 'tokenizer.ggml.model') !== 'gpt2' || !tokens || !merges || name === undefined) return;
  for (const merge of merges) if (!isMerge(merge)) return;
  const types = numbersOf(metadata, 'tokenizer.ggml.token_type') ?? new Float64Array();
  const special = new Set<number>();
  for (const [id, type] of types.entries()) if (type === control || type === userDefined) special.add(id);
  return {
    tokens: usedTokens(tokens, types),
    merges: mergePairs(merges),
    special,
    preTokenizer: preTokenizerName(name),
  };
}

function* usedTokens(tokens: Iterable<string>, types: Float64Array): Generator<string | null> {
  let id = 0;
  for (const token of tokens) yield types[id++] === unused ? null : token;
}
