import type { TokenModel } from './open-webllm.ts';

export interface Computed {
  /** Of what comes behind all of the tokens. */
  readonly logits: Float32Array;
  /** Tokens that it held already. */
  readonly cachedTokens: number;
}

/**
 * What the model holds in its KV cache. WebLLM has room for one sequence and no way to shorten it: what goes on behind it costs only what
 * is new, and anything else begins anew.
 */
export class TokenSequence {
  readonly #model: Pick<TokenModel, 'forward' | 'reset'>;
  readonly #chunk: number;
  #held: number[] | null = null;

  /** `chunk`: the most tokens that are computed at once, so that an abort does not wait for all of a prompt. */
  constructor(model: Pick<TokenModel, 'forward' | 'reset'>, chunk: number) {
    this.#model = model;
    this.#chunk = chunk;
  }

  /** Computes a whole prompt, at least one token. @throws as `TokenModel.forward`; AbortError between two chunks */
  async begin(ids: readonly number[], { signal }: { readonly signal: AbortSignal }): Promise<Computed> {
    const cachedTokens = this.#heldOf(ids);
    if (cachedTokens === 0) {
      this.#held = null;
      await this.#model.reset();
      this.#held = [];
    }
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

  /** All of what is held or nothing; of the prompt something must be left, since logits come with a computation only. */
  #heldOf(ids: readonly number[]): number {
    const held = this.#held ?? [];
    return held.length < ids.length && held.every((id, place) => id === ids[place]) ? held.length : 0;
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
