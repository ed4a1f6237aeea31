import type { LlamaEmbeddingContext, LlamaModel, Token } from 'node-llama-cpp';

export interface Embedder {
  readonly contextLength: number;
  embed(tokens: Token[], options: { readonly signal: AbortSignal }): Promise<readonly number[]>;
}

/**
 * A text is embedded in one piece, and the native code keeps a row of the vocabulary's width for each of its tokens
 * while it does: 1,024 tokens are 200 MB with this size of vocabulary.
 */
const contextLength = 1_024;

/** Embeds with a context of its own, opened when it is first needed. */
export function createEmbedder(model: LlamaModel, { threads }: { readonly threads: number }): Embedder {
  let opened: Promise<LlamaEmbeddingContext> | undefined;
  const open = () => {
    opened ??= model.createEmbeddingContext({ contextSize: contextLength, batchSize: contextLength, threads });
    opened.catch(() => {
      opened = undefined; // the next request may find more memory
    });
    return opened;
  };
  return {
    contextLength,
    async embed(tokens, { signal }) {
      const context = await open();
      signal.throwIfAborted();
      const { vector } = await context.getEmbeddingFor(tokens);
      return vector;
    },
  };
}
