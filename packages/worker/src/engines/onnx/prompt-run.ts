import { createNextTask } from '../../next-task.ts';
import type { AnsweringModel } from '../answer/plan-answer.ts';
import type { CausalModel, Step } from './causal-model.ts';
import type { PrefixCache } from './prefix-cache.ts';

/** A model that is open, and what belongs to it. */
export interface OpenModel extends AnsweringModel {
  readonly model: CausalModel;
  readonly prefixes: PrefixCache;
}

/** Tokens of a prompt that are computed at once: as long an abort, or the next token of another answer, waits at most. */
const promptChunk = { webgpu: 128, wasm: 32 } as const;

/** Of all models: each would keep a channel of its own for good. */
export const nextTask = createNextTask();

export interface PromptRun extends Step {
  /** Tokens at its beginning that were computed before. */
  readonly cachedTokens: number;
}

/**
 * Computes a prompt behind what is known of its beginning. The caller releases the cache.
 * @throws as `OrtSession.run`; AbortError
 */
export async function runPrompt(
  { model, prefixes }: Pick<OpenModel, 'model' | 'prefixes'>,
  tokens: readonly number[],
  { signal }: { readonly signal: AbortSignal },
): Promise<PromptRun> {
  const { session } = model;
  const known = prefixes.find(tokens);
  // The last token is computed whatever is known: what comes next is told by it.
  const cachedTokens = Math.min(known?.length ?? 0, tokens.length - 1);
  let kv = known && cachedTokens > 0 ? known.kv.first(cachedTokens) : null;
  try {
    for (;;) {
      await nextTask();
      signal.throwIfAborted();
      const from = kv?.length ?? 0;
      const chunk = tokens.slice(from, from + promptChunk[session.backend]);
      const isLast = from + chunk.length === tokens.length;
      const step = await model.step(chunk, kv, { wantsLogits: isLast });
      kv?.release();
      kv = step.kv;
      if (isLast) return { ...step, cachedTokens };
    }
  } catch (error) {
    kv?.release();
    throw error;
  }
}
