import type { GeneratedToken } from '../../text/answer-events.ts';
import type { TokenMask } from '../../text/grammar/token-mask.ts';
import type { Sampler } from '../onnx/sampling/sampler.ts';
import type { TokenSequence } from './token-sequence.ts';

export interface ChoiceOptions {
  readonly sequence: Pick<TokenSequence, 'goOn'>;
  /** Of what comes behind the prompt. */
  readonly logits: Float32Array;
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
  #count = 0;
  #reason: 'stop' | 'length' = 'length';

  constructor(options: ChoiceOptions) {
    this.#options = options;
  }

  /** Tokens that were chosen so far, an end token included. */
  get count(): number {
    return this.#count;
  }

  /** Why the tokens ended: an end token or the end of a grammar, or the limit. */
  get reason(): 'stop' | 'length' {
    return this.#reason;
  }

  /** Each token as soon as it is chosen; the step to the next one is taken when that is asked for. */
  async *tokens(): AsyncGenerator<GeneratedToken, void, undefined> {
    const { sequence, sampler, mask, endTokenIds, limit, signal } = this.#options;
    let { logits } = this.#options;
    while (this.#count < limit) {
      const { id, logprob } = sampler.sample(logits, mask?.fill() ?? null);
      this.#count += 1;
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
      if (this.#count === limit) return;
      signal.throwIfAborted();
      logits = await sequence.goOn(id);
      signal.throwIfAborted();
    }
  }
}
