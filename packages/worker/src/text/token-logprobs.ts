import type { TokenEvent } from '@orilla/contract';
import type { ModelText } from './model-text.ts';

/** How likely a token was, in natural logarithms. */
export interface TokenLogprob {
  readonly chosen: number;
  /** The likeliest tokens, likeliest first. */
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

type Logprobs = NonNullable<Extract<TokenEvent, { type: 'token' }>['logprobs']>;

/** OpenAI's figure for a token that is as good as impossible: JSON has no infinity. */
const leastLogprob = -9999;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The log probabilities of tokens in OpenAI's form: each with its bytes, since a token may be a part of a character. */
export function tokenLogprobs(
  tokens: readonly { readonly id: number; readonly logprob?: TokenLogprob | undefined }[],
  { text, top }: { readonly text: Pick<ModelText, 'tokenBytes'>; readonly top: number },
): Logprobs {
  const entry = (id: number, logprob: number) => {
    const bytes = text.tokenBytes(id);
    return { token: decoder.decode(bytes), bytes: [...bytes], logprob: Math.max(logprob, leastLogprob) };
  };
  const content = tokens.flatMap(({ id, logprob }) => {
    if (!logprob) return [];
    const likeliest = logprob.top.slice(0, top).map((other) => entry(other.id, other.logprob));
    return [{ ...entry(id, logprob.chosen), top_logprobs: likeliest }];
  });
  return { content, refusal: null };
}
