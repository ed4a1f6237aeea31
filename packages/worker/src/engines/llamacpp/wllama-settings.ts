import type { SamplingSettings } from '../request/sampling-settings.ts';

/** Fields of llama.cpp's own completion requests, as far as they are set here. */
export interface WllamaSettings {
  readonly temperature: number;
  readonly top_p: number;
  readonly top_k: number;
  readonly min_p: number;
  readonly presence_penalty: number;
  readonly frequency_penalty: number;
  readonly repeat_penalty: number;
  readonly seed?: number;
  readonly logit_bias?: Record<string, number>;
  readonly max_tokens?: number;
  /** Counts with every chunk. */
  readonly timings_per_token?: true;
  /** Candidates whose log probability is told with each token; asked for none, it would tell no log probability at all. */
  readonly n_probs?: number;
}

export interface WllamaSettingsOptions {
  /** Which of several answers: each has randomness of its own. */
  readonly choice?: number;
  /** Of the token limit these are used up. */
  readonly emittedTokens?: number;
}

/** Says in llama.cpp's words how to make an answer. Its own defaults are others than OpenAI's, so everything is said. */
export function wllamaSettings(
  settings: SamplingSettings,
  { choice = 0, emittedTokens = 0 }: WllamaSettingsOptions = {},
): WllamaSettings {
  const { seed, logitBias, maxTokens, stop, topLogprobs } = settings;
  return {
    temperature: settings.temperature,
    top_p: settings.topP,
    top_k: settings.topK,
    min_p: settings.minP,
    presence_penalty: settings.presencePenalty,
    frequency_penalty: settings.frequencyPenalty,
    repeat_penalty: settings.repetitionPenalty,
    ...(seed !== undefined && { seed: wllamaSeed(seed + choice) }),
    ...(logitBias.size > 0 && { logit_bias: Object.fromEntries(logitBias) }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens - emittedTokens }),
    // What ends at a stop string ends before its own last count.
    ...(stop.length > 0 && { timings_per_token: true as const }),
    ...(topLogprobs !== undefined && { n_probs: Math.max(1, topLogprobs) }),
  };
}

/** llama.cpp takes 32 bits, and the last of these numbers for "any". */
const wllamaSeed = (seed: number) => Number(BigInt.asUintN(32, BigInt(seed)) % 0xffff_ffffn);
