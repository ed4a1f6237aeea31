import { type FinishReason, OrillaError, type TokenEvent } from '@orilla/contract';
import type { ChatCompletionChunk } from '@wllama/wllama/esm/index.js';

/** A chunk of the engine's, and when it came, in milliseconds since the Unix epoch. */
export interface TimedChunk {
  readonly chunk: ChatCompletionChunk;
  readonly atMs: number;
}

export interface TokenEventsOptions {
  /** How many other candidates each token's log probability shows; the engine may have given more. */
  readonly topLogprobs: number;
}

/**
 * Turns llama.cpp's chunks into token events: one for every piece of text, and one at the end.
 * They carry no token ids: llama.cpp holds text back until its bytes make a character, and tells the id of the last token
 * only, so that what it tells is not what the text consists of.
 * @throws OrillaError `engine.failed` where the engine stops without having finished
 */
export async function* tokenEvents(
  chunks: AsyncIterable<TimedChunk>,
  { topLogprobs }: TokenEventsOptions,
): AsyncGenerator<TokenEvent, void, undefined> {
  let reason: FinishReason | null = null;
  let isFinished = false;
  for await (const { chunk, atMs } of chunks) {
    const choice = chunk.choices[0];
    const text = choice?.delta.content;
    if (text) yield { type: 'token', text, ...logprobsOf(choice.logprobs, topLogprobs), atMs };
    reason = choice?.finish_reason ?? reason;
    const { usage } = chunk;
    if (reason === null || !usage || isFinished) continue;
    isFinished = true;
    yield {
      type: 'finish',
      reason,
      promptTokens: usage.prompt_tokens,
      completionTokens: usage.completion_tokens,
      cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
      atMs,
    };
  }
  if (isFinished) return;
  throw new OrillaError('engine.failed', 'The engine stopped in the middle of the answer without saying why.', {
    advice: 'Ask again.',
  });
}

type EngineLogprobs = ChatCompletionChunk['choices'][number]['logprobs'];
type TokenLogprobs = Extract<TokenEvent, { type: 'token' }>['logprobs'];

/** OpenAI's form of it, without the fields that llama.cpp adds. */
function logprobsOf(logprobs: EngineLogprobs, topLogprobs: number): { logprobs?: NonNullable<TokenLogprobs> } {
  if (!logprobs?.content) return {};
  const plain = ({ token, logprob, bytes }: { token: string; logprob: number; bytes: number[] | null }) => ({
    token,
    logprob,
    bytes,
  });
  const content = logprobs.content.map((entry) => ({
    ...plain(entry),
    top_logprobs: entry.top_logprobs.slice(0, topLogprobs).map(plain),
  }));
  return { logprobs: { content, refusal: null } };
}
