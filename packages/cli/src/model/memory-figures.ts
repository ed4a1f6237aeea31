const bytesOfF32 = 4;
/** Tokens that an engine computes at a time while it reads a prompt. */
const defaultBatch = 256;
/** Below this an engine's fixed costs are more than what the model's size adds. */
const leastScratch = 16 * 1024 * 1024;

/** What decides the size of a model's KV cache. */
export interface CacheShape {
  readonly layers: number;
  /** Of one layer; their sum over all layers where they differ has `layers: 1`. */
  readonly kvHeads: number;
  readonly keyLength: number;
  readonly valueLength: number;
  /** Of one number in the cache. */
  readonly bytesPerValue: number;
}

/** Bytes that each token of context takes in the KV cache. */
export function kvBytesPerToken({ layers, kvHeads, keyLength, valueLength, bytesPerValue }: CacheShape): number {
  return Math.ceil(layers * kvHeads * (keyLength + valueLength) * bytesPerValue);
}

/** What decides the size of intermediate results. */
export interface ScratchShape {
  readonly embedding: number;
  readonly feedForward: number;
  /** Tokens that there are: each has a logit. */
  readonly vocabulary: number;
  /** Tokens that are computed at a time; default: 256. */
  readonly batch?: number | undefined;
  /** Tokens of a batch that logits are computed for; default: all. */
  readonly logitTokens?: number;
}

/**
 * An estimate of intermediate results, in bytes: six vectors of the embedding's and three of the feed-forward's width for each token of a
 * batch, and the logits.
 */
export function scratchBytes(shape: ScratchShape): number {
  const { embedding, feedForward, vocabulary, batch = defaultBatch, logitTokens = batch } = shape;
  const vectors = batch * (6 * embedding + 3 * feedForward) * bytesOfF32;
  return Math.max(leastScratch, vectors + logitTokens * vocabulary * bytesOfF32);
}
