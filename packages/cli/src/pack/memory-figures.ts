import type { MemoryFigures } from '@orilla/contract';
import { type GgufHeader, numberOf, optionalNumberOf } from './read-gguf.ts';

const bytesOfF16 = 2;
const bytesOfF32 = 4;
/** Tokens that an engine computes at a time while it reads a prompt. */
const batch = 256;
/** Below this an engine's fixed costs are more than what the model's size adds. */
const leastScratch = 16 * 1024 * 1024;

/** What a llama.cpp model takes in memory: its file, its KV cache in 16-bit floats, and its intermediate results. */
export function memoryFigures({ metadata }: Pick<GgufHeader, 'metadata'>, fileBytes: number): MemoryFigures {
  const architecture = metadata['general.architecture'];
  const read = (key: string) => numberOf(metadata, `${architecture}.${key}`);
  const heads = read('attention.head_count');
  const embedding = read('embedding_length');
  const keyLength = optionalNumberOf(metadata, `${architecture}.attention.key_length`) ?? embedding / heads;
  const kvHeads = optionalNumberOf(metadata, `${architecture}.attention.head_count_kv`) ?? heads;
  const kvPerToken = read('block_count') * kvHeads * keyLength * 2 * bytesOfF16;
  // An estimate: six vectors of the embedding's and three of the feed-forward's width for each token of a batch.
  const scratch = batch * (6 * embedding + 3 * read('feed_forward_length')) * bytesOfF32;
  return { weights: fileBytes, kvPerToken, scratch: Math.max(leastScratch, scratch) };
}
