import type { Run } from './page-bench.ts';

/** Times one answer, from asking on. */
export interface AnswerMeter {
  /** A piece of text came; or the answer's end, when all of its tokens are there, whatever text they hold. */
  token(): void;
  /** @throws Error where the answer came at once */
  run(counts: TokenCounts): Run;
}

/** As the engine counts them. */
export interface TokenCounts {
  /** Of the prompt, without those that were computed before. */
  readonly promptTokens: number;
  readonly tokens: number;
}

/** Begins with the call. */
export function answerMeter({ now = () => performance.now() } = {}): AnswerMeter {
  const asked = now();
  let first: number | undefined;
  let last = Number.NaN;
  return {
    token() {
      last = now();
      first ??= last;
    },
    run({ promptTokens, tokens }) {
      if (first === undefined || last === first || tokens < 2)
        throw new Error(`${tokens} tokens came at once: there is no rate to tell.`);
      return {
        tokens,
        promptTokensPerSecond: promptTokens / ((first - asked) / 1000),
        // The first token ends the prefill; it is the others that took this time.
        tokensPerSecond: (tokens - 1) / ((last - first) / 1000),
      };
    },
  };
}

export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | undefined } | null | undefined;
}

/** What an answer's usage says. @throws Error where there is none */
export function countsOf(usage: WireUsage | null | undefined): TokenCounts {
  if (!usage) throw new Error('The answer ended without its usage.');
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return { promptTokens: usage.prompt_tokens - cached, tokens: usage.completion_tokens };
}
