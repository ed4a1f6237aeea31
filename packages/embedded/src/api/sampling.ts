import { randomInt } from 'node:crypto';
import { type Fields, optionalInteger, optionalNumber } from './fields.ts';

/** How the next token is chosen. */
export interface Sampling {
  /** 0 always takes the likeliest. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 keeps all. */
  readonly topK: number;
  readonly minP: number;
  readonly seed: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** Divides the likelihood of what was written already; 1 leaves it. */
  readonly repetitionPenalty: number;
}

export const samplingFields = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
] as const;

/** Small models drift at OpenAI's temperature of 1; these are the values that llama.cpp's own server takes. */
const defaults = { temperature: 0.8, topP: 0.95, topK: 40, minP: 0.05 };

const seeds = 2 ** 32;

/** Reads the sampling fields; `randomSeed` is asked where the request names none, so that two answers differ. */
export function readSampling(fields: Fields, randomSeed: () => number = () => randomInt(seeds)): Sampling {
  const seed = optionalInteger(fields, 'seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  return {
    temperature: optionalNumber(fields, 'temperature', 0, 2) ?? defaults.temperature,
    topP: optionalNumber(fields, 'top_p', 0, 1) ?? defaults.topP,
    topK: Math.max(0, optionalInteger(fields, 'top_k', -1, 1_000_000) ?? defaults.topK),
    minP: optionalNumber(fields, 'min_p', 0, 1) ?? defaults.minP,
    seed: seed === undefined ? randomSeed() : ((seed % seeds) + seeds) % seeds,
    presencePenalty: optionalNumber(fields, 'presence_penalty', -2, 2) ?? 0,
    frequencyPenalty: optionalNumber(fields, 'frequency_penalty', -2, 2) ?? 0,
    repetitionPenalty: optionalNumber(fields, 'repetition_penalty', 0.01, 10) ?? 1,
  };
}
