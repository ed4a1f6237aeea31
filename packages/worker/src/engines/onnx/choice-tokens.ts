import type { GeneratedToken } from '../../text/answer-events.ts';
import type { TokenMask } from '../../text/grammar/token-mask.ts';
import type { CausalModel, Step } from './causal-model.ts';
import type { KvCache } from './kv-cache.ts';
import type { Sampler } from './sampling/sampler.ts';

export interface ChoiceOptions {
  readonly model: CausalModel;
  /** What was computed of the prompt. The choice holds its cache by itself. */
  readonly start: Step;
  readonly sampler: Sampler;
  readonly mask: TokenMask | null;
  readonly endTokenIds: ReadonlySet<number>;
  /** The most tokens that may come. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Settles in a later task: tokens leave for the page, and an abort comes in, before the next step takes the thread. */
  readonly nextTask: () => Promise<void>;
}

/** One of the answers to a request while it is computed. */
export class ChoiceTokens {
  readonly #options: ChoiceOptions;
  readonly #ids: number[] = [];
  #kv: KvCache;
  #reason: 'stop' | 'length' = 'length';

  constructor(options: ChoiceOptions) {
    this.#options = options;
    this.#kv = options.start.kv.hold();
  }

  /** What was chosen so far, an end token included. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Why the tokens ended: an end token or the end of a grammar, or the limit. */
  get reason(): 'stop' | 'length' {
    return this.#reason;
  }

  /** Of the prompt and of those tokens that were computed; the last one never is. */
  get kv(): KvCache {
    return this.#kv;
  }

  /** Each token as soon as it is chosen; the step to the next one is taken when that is asked for. */
  async *tokens(): AsyncGenerator<GeneratedToken, void, undefined> {
    const { model, start, sampler, mask, endTokenIds, limit, signal, nextTask } = this.#options;
    let { logits } = start;
    while (logits && this.#ids.length < limit) {
      const { id, logprob } = sampler.sample(logits, mask?.fill() ?? null);
      this.#ids.push(id);
      if (endTokenIds.has(id)) {
        this.#reason = 'stop';
        return;
      }
      sampler.accept(id);
      mask?.accept(id);
      yield { id, atMs: performance.timeOrigin + performance.now(), ...(logprob && { logprob }) };
      if (mask?.isTerminated) {
        this.#reason = 'stop';
        return;
      }
      if (this.#ids.length === limit) return;
      await nextTask();
      signal.throwIfAborted();
      const step: Step = await model.step([id], this.#kv);
      this.#kv.release();
      this.#kv = step.kv;
      logits = step.logits;
    }
  }

  /** Lets go what it holds. */
  release(): void {
    this.#options.mask?.free();
    this.#kv.release();
  }
}
