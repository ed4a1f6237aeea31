import type { TokenModel } from './open-webllm.ts';

export interface Computed {
  /** Of what comes behind all of the tokens. */
  readonly logits: Float32Array;
  /** Tokens that it held already. */
  readonly cachedTokens: number;
}

/** Fewer tokens than a page of the cache holds are not worth the step that drops what is behind them. */
const worthKeeping = 16;

type Model = Pick<TokenModel, 'forward' | 'reset' | 'drop'>;

/**
 * What the model holds in its KV cache, where there is room for one sequence: of a prompt that begins as it does only the rest is
 * computed. A model that can't be shortened begins anew where the prompt is not longer than all of what it holds.
 */
export class TokenSequence {
  readonly #model: Model;
  readonly #chunk: number;
  #held: number[] | null = null;

  /** `chunk`: the most tokens that are computed at once, so that an abort does not wait for all of a prompt. */
  constructor(model: Model, chunk: number) {
    this.#model = model;
    this.#chunk = chunk;
  }

  /** Computes a whole prompt, at least one token. @throws as `TokenModel.forward`; AbortError between two chunks */
  async begin(ids: readonly number[], { signal }: { readonly signal: AbortSignal }): Promise<Computed> {
    const cachedTokens = await this.#keepBeginning(ids);
    for (let at = cachedTokens; ; ) {
      signal.throwIfAborted();
      const piece = ids.slice(at, at + this.#chunk);
      const logits = await this.#forward(piece);
      at += piece.length;
      if (at >= ids.length) return { logits, cachedTokens };
    }
  }

  /** Computes one more token. @throws as `TokenModel.forward` */
  goOn(id: number): Promise<Float32Array> {
    return this.#forward([id]);
  }

  /** Lets go all but what the prompt begins with, and tells how much that is. Something must be left to compute, since logits come of that. */
  async #keepBeginning(ids: readonly number[]): Promise<number> {
    const held = this.#held ?? [];
    const differs = held.findIndex((id, place) => id !== ids[place]);
    const alike = Math.min(differs === -1 ? held.length : differs, ids.length - 1);
    if (alike > 0 && alike === held.length) return alike;
    this.#held = null; // a step that fails leaves nobody knows what
    const { drop } = this.#model;
    const kept = drop && alike >= worthKeeping ? alike : 0;
    await (drop && kept > 0 ? drop(held.length - kept) : this.#model.reset());
    this.#held = held.slice(0, kept);
    return kept;
  }

  async #forward(ids: readonly number[]): Promise<Float32Array> {
    const held = this.#held;
    this.#held = null; // a step that fails leaves nobody knows what
    const logits = await this.#model.forward(ids);
    held?.push(...ids);
    this.#held = held;
    return logits;
  }
}
