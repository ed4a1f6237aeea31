import type { GeneratedToken } from '../../text/answer-events.ts';
import type { TokenMask } from '../../text/grammar/token-mask.ts';
import type { Sampler } from '../sampling/sampler.ts';

export interface ChoiceOptions {
  /** Of what comes behind the prompt, one for each token of the vocabulary. */
  readonly logits: Float32Array;
  /** Computes the token that was chosen, and gives the logits of what comes behind it. */
  readonly goOn: (id: number) => Promise<Float32Array>;
  readonly sampler: Sampler;
  /** Keeps the answer to a grammar; freed by the caller. */
  readonly mask: TokenMask | null;
  readonly endTokenIds: ReadonlySet<number>;
  /** The most tokens that may come. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** One of the answers to a request while it is computed. */
export class ChoiceTokens {
  readonly #options: ChoiceOptions;
  readonly #ids: number[] = [];
  #reason: 'stop' | 'length' = 'length';

  constructor(options: ChoiceOptions) {
    this.#options = options;
  }

  /** What was chosen so far, an end token included. The last one was never computed. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Why the tokens ended: an end token or the end of a grammar, or the limit. */
  get reason(): 'stop' | 'length' {
    return this.#reason;
  }

  /** Each token as soon as it is chosen; the step to the next one is taken when that is asked for. */
  async *tokens(): AsyncGenerator<GeneratedToken, void, undefined> {
    const { goOn, sampler, mask, endTokenIds, limit, signal } = this.#options;
    let { logits } = this.#options;
    while (this.#ids.length < limit) {
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
      signal.throwIfAborted();
      logits = await goOn(id);
      signal.throwIfAborted();
    }
  }
}
