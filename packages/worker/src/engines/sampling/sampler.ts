import { OrillaError } from '@orilla/contract';
import type { GeneratedToken } from '../../text/answer-events.ts';
import { noNumbers } from '../answer/answer-errors.ts';
import type { SamplingSettings } from '../request/sampling-settings.ts';
import { type Adjustments, adjustLogits, maskLogits } from './adjust-logits.ts';
import { Candidates } from './candidates.ts';
import { logProbabilities } from './log-probabilities.ts';
import { randomAt } from './random-at.ts';

export type SamplerSettings = Adjustments &
  Pick<SamplingSettings, 'temperature' | 'topP' | 'topK' | 'minP' | 'seed' | 'topLogprobs'>;

export interface SamplerOptions {
  /** Logits behind these are padding, and never chosen. */
  readonly vocabularySize: number;
  /** Which of the answers to the request. */
  readonly choice: number;
  /** From [0, 1): makes the seed where the request has none. */
  readonly random?: () => number;
}

export interface SampledToken {
  readonly id: number;
  /** Where log probabilities were asked for. */
  readonly logprob?: GeneratedToken['logprob'];
}

export interface Sampler {
  /**
   * Chooses the next token. Changes nothing: asked again it chooses the same. `mask` has a bit for each id that a grammar allows.
   * @throws OrillaError `engine.failed` for logits that are no numbers, or where the grammar allows no token
   */
  sample(logits: Float32Array, mask: Int32Array | null): SampledToken;
  /** Takes a token for a part of the answer, a chosen one or one that was out before: the penalties count it, and the next place begins. */
  accept(id: number): void;
}

/**
 * Chooses tokens as OpenAI's fields say, in llama.cpp's default order, the only one that is published: bias and penalties, grammar,
 * `top_k`, `top_p`, `min_p`, and the temperature last (so the nucleus is that of the model itself). Temperature 0 takes the likeliest,
 * of equals the lowest id. With a seed it is a pure function of the logits, the seed, the choice and the number of accepted tokens.
 * @throws OrillaError `protocol.bad-request` for a bias of a token that the model doesn't have
 */
export function createSampler(settings: SamplerSettings, options: SamplerOptions): Sampler {
  return new VocabularySampler(settings, options);
}

class VocabularySampler implements Sampler {
  readonly #settings: SamplerSettings;
  readonly #choice: number;
  readonly #seed: number;
  readonly #counts = new Map<number, number>();
  #position = 0;
  readonly #logits: Float32Array;
  readonly #candidates: Candidates;

  constructor(settings: SamplerSettings, { vocabularySize, choice, random = Math.random }: SamplerOptions) {
    for (const id of settings.logitBias.keys())
      if (id >= vocabularySize)
        throw new OrillaError(
          'protocol.bad-request',
          `The request can't be used: \`logit_bias\` names token ${id}, and the model has ${vocabularySize}.`,
          { param: 'logit_bias', advice: 'Take token ids of this model’s own vocabulary.' },
        );
    this.#settings = settings;
    this.#choice = choice;
    this.#seed = settings.seed ?? random() * 2 ** 53;
    this.#logits = new Float32Array(vocabularySize);
    this.#candidates = new Candidates(vocabularySize);
  }

  accept(id: number): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    this.#position++;
  }

  sample(computed: Float32Array, mask: Int32Array | null): SampledToken {
    const raw = computed.subarray(0, this.#logits.length);
    const logits = this.#logits.subarray(0, raw.length);
    copyNumbers(raw, logits);
    adjustLogits(logits, this.#counts, this.#settings);
    if (mask) maskLogits(logits, mask);
    const likeliest = indexOfMax(logits);
    const max = logits[likeliest] ?? Number.NEGATIVE_INFINITY;
    if (max === Number.NEGATIVE_INFINITY) throw nothingLeft(mask !== null);
    const id = this.#settings.temperature === 0 ? likeliest : this.#draw(logits, max);
    const { topLogprobs } = this.#settings;
    if (topLogprobs === undefined) return { id };
    return { id, logprob: logProbabilities(raw, id, topLogprobs, this.#candidates) };
  }

  #draw(logits: Float32Array, max: number): number {
    const { temperature, topK, topP, minP } = this.#settings;
    const candidates = this.#candidates;
    candidates.take(logits, topK);
    if (topP < 1) candidates.keepMass(topP, max);
    if (minP > 0) candidates.keepAbove(max + Math.log(minP));
    return candidates.draw(randomAt(this.#seed, this.#choice, this.#position), max, temperature);
  }
}

/** A logit may be negative infinity, which says "never"; anything else that is no number means that the computation failed. */
function copyNumbers(from: Float32Array, to: Float32Array): void {
  for (let id = 0; id < from.length; id++) {
    const logit = from[id] ?? 0;
    if (logit - logit !== 0 && logit !== Number.NEGATIVE_INFINITY) throw noNumbers();
    to[id] = logit;
  }
}

function indexOfMax(logits: Float32Array): number {
  let index = 0;
  let max = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] ?? 0;
    if (logit > max) {
      max = logit;
      index = id;
    }
  }
  return index;
}

function nothingLeft(isMasked: boolean): OrillaError {
  if (!isMasked) return noNumbers();
  return new OrillaError(
    'engine.failed',
    'The answer can’t go on: the form asked for allows none of the model’s tokens.',
    {
      advice: 'Ask for a simpler `response_format`, or let the relay answer.',
      param: 'response_format',
    },
  );
}
