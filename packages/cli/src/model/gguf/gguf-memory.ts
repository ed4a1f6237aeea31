import type { MemoryFigures } from '@orilla/contract';
import { kvBytesPerToken, scratchBytes } from '../memory-figures.ts';
import { type GgufMetadata, numberOf, numbersOf, optionalNumberOf, stringOf, stringsOf } from './gguf-metadata.ts';

/** What llama.cpp keeps the KV cache in where nothing else is said. */
const bytesOfF16 = 2;

/** What a llama.cpp model takes in memory: its files, its KV cache in 16-bit floats, and its intermediate results. */
export function ggufMemory(metadata: GgufMetadata, fileBytes: number): MemoryFigures {
  const architecture = stringOf(metadata, 'general.architecture');
  const at = (key: string) => `${architecture}.${key}`;
  const layers = numberOf(metadata, at('block_count'));
  const heads = widest(metadata, at('attention.head_count')) ?? numberOf(metadata, at('attention.head_count'));
  const embedding = numberOf(metadata, at('embedding_length'));
  const keyLength = optionalNumberOf(metadata, at('attention.key_length')) ?? embedding / heads;
  const valueLength = optionalNumberOf(metadata, at('attention.value_length')) ?? keyLength;
  const kvHeads = at('attention.head_count_kv');
  // A list where layers differ; some have no attention and no cache at all.
  const eachLayer = numbersOf(metadata, kvHeads);
  const cache = eachLayer
    ? { layers: 1, kvHeads: eachLayer.reduce((sum, count) => sum + count, 0) }
    : { layers, kvHeads: optionalNumberOf(metadata, kvHeads) ?? heads };
  const feedForward =
    widest(metadata, at('feed_forward_length')) ?? optionalNumberOf(metadata, at('feed_forward_length'));
  const vocabulary =
    stringsOf(metadata, 'tokenizer.ggml.tokens')?.length ?? optionalNumberOf(metadata, at('vocab_size')) ?? 0;
  return {
    weights: fileBytes,
    kvPerToken: kvBytesPerToken({ ...cache, keyLength, valueLength, bytesPerValue: bytesOfF16 }),
    scratch: scratchBytes({ embedding, feedForward: feedForward ?? 4 * embedding, vocabulary }),
  };
}

/** The largest of a key that is a list of one number for each layer. */
function widest(metadata: GgufMetadata, key: string): number | undefined {
  return numbersOf(metadata, key)?.reduce((most, value) => Math.max(most, value), 0);
}
