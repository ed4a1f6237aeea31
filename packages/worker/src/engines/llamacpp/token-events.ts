import { type FinishReason, OrillaError, type TokenEvent } from '@orilla/contract';
import type { ChatCompletionChunk, RawCompletionChunk } from '@wllama/wllama/esm/index.js';
import type { ToolCallParser } from '../../text/tools/tool-call-parser.ts';

type ChatChoice = ChatCompletionChunk['choices'][number];
type RawChoice = RawCompletionChunk['choices'][number];

/** A chunk of the engine's, of a chat or of a text that it goes on with, and when it came, in milliseconds since the Unix epoch. */
export interface TimedChunk {
  readonly chunk: Pick<ChatCompletionChunk, 'usage' | 'timings'> & {
    readonly choices: readonly (ChatChoice | (Omit<RawChoice, 'logprobs'> & { readonly logprobs: EngineLogprobs }))[];
  };
  readonly atMs: number;
}

export interface TokenEventsOptions {
  /** How many other candidates each token's log probability shows; the engine may have given more. */
  readonly topLogprobs: number;
  /** Tells calls of tools from text where the engine does not. */
  readonly parser?: ToolCallParser | null;
  /** Text around the engine's that only the parser sees. */
  readonly around?: { readonly before: string; readonly after: string } | null;
  /** What counts as prompt, and tokens that are out already, where the engine was given both in one. */
  readonly continued?: { readonly promptTokens: number; readonly emittedTokens: number } | null;
  readonly newCallId?: () => string;
}

/**
 * Turns llama.cpp's chunks into token events: one for every piece of text or of a call, and one at the end.
 * They carry no token ids: llama.cpp holds text back until its bytes make a character, and tells the id of the last token
 * only, so that what it tells is not what the text consists of. Log probabilities, which come with ids, are no way out: at a token that
 * begins in the middle of a character it raises an exception instead, which costs every answer that it is busy with.
 * @throws OrillaError `engine.failed` where the engine stops without having finished
 */
export async function* tokenEvents(
  chunks: AsyncIterable<TimedChunk>,
  options: TokenEventsOptions,
): AsyncGenerator<TokenEvent, void, undefined> {
  const { parser = null, around = null, continued = null } = options;
  const pieces = new Pieces(options);
  let reason: FinishReason | null = null;
  let isFinished = false;
  if (around) yield* pieces.parse(around.before, 0);
  for await (const { chunk, atMs } of chunks) {
    const [choice] = chunk.choices;
    if (choice) yield* pieces.of(choice, atMs);
    reason = choice?.finish_reason ?? reason;
    const { usage } = chunk;
    if (reason === null || !usage || isFinished) continue;
    isFinished = true;
    // A call that the limit cut off is not closed.
    if (around && reason === 'stop') yield* pieces.parse(around.after, atMs);
    yield* pieces.end(atMs);
    yield {
      type: 'finish',
      reason: reason === 'stop' && parser && parser.calls > 0 ? 'tool_calls' : reason,
      promptTokens: continued?.promptTokens ?? usage.prompt_tokens,
      completionTokens: usage.completion_tokens + (continued?.emittedTokens ?? 0),
      cachedTokens: Math.min(usage.prompt_tokens_details?.cached_tokens ?? 0, continued?.promptTokens ?? Infinity),
      atMs,
    };
  }
  if (isFinished) return;
  throw new OrillaError('engine.failed', 'The engine stopped in the middle of the answer without saying why.', {
    advice: 'Ask again.',
  });
}

type EngineLogprobs = ChatChoice['logprobs'];
type TokenLogprobs = NonNullable<Extract<TokenEvent, { type: 'token' }>['logprobs']>;

class Pieces {
  readonly #options: TokenEventsOptions;
  #logprobs: TokenLogprobs['content'] = null;

  constructor(options: TokenEventsOptions) {
    this.#options = options;
  }

  *of(choice: TimedChunk['chunk']['choices'][number], atMs: number): Iterable<TokenEvent> {
    const { logprobs } = choice;
    if (logprobs?.content)
      this.#logprobs = [...(this.#logprobs ?? []), ...plainLogprobs(logprobs.content, this.#options.topLogprobs)];
    const text = 'delta' in choice ? choice.delta.content : choice.text;
    if (text) yield* this.#options.parser ? this.parse(text, atMs) : [this.#text(text, atMs)];
    const calls = 'delta' in choice ? (choice.delta.tool_calls ?? []) : [];
    for (const { index, id, function: called } of calls) {
      const { name, arguments: argumentsText = '' } = called ?? {};
      // Some of its parsers leave the id to whoever asks.
      const begins = name ? { id: id || (this.#options.newCallId ?? newCallId)(), name } : {};
      yield { type: 'tool-call', index, ...begins, argumentsText, atMs };
    }
  }

  *parse(text: string, atMs: number): Iterable<TokenEvent> {
    for (const piece of this.#options.parser?.push(text) ?? []) yield this.#piece(piece, atMs);
  }

  *end(atMs: number): Iterable<TokenEvent> {
    for (const piece of this.#options.parser?.end() ?? []) yield this.#piece(piece, atMs);
  }

  #piece(piece: ReturnType<ToolCallParser['push']>[number], atMs: number): TokenEvent {
    if (piece.type === 'text') return this.#text(piece.text, atMs);
    const { end: _, ...call } = piece;
    // As OpenAI does, log probabilities are told of text only.
    this.#logprobs = null;
    return { ...call, atMs };
  }

  #text(text: string, atMs: number): TokenEvent {
    const content = this.#logprobs;
    this.#logprobs = null;
    return { type: 'token', text, ...(content && { logprobs: { content, refusal: null } }), atMs };
  }
}

const newCallId = () => `call_${crypto.randomUUID().replaceAll('-', '')}`;

/** OpenAI's form of it, without the fields that llama.cpp adds. */
function plainLogprobs(
  content: NonNullable<NonNullable<EngineLogprobs>['content']>,
  topLogprobs: number,
): NonNullable<TokenLogprobs['content']> {
  const plain = ({ token, logprob, bytes }: { token: string; logprob: number; bytes: number[] | null }) => ({
    token,
    logprob,
    bytes,
  });
  return content.map((entry) => ({
    ...plain(entry),
    top_logprobs: entry.top_logprobs.slice(0, topLogprobs).map(plain),
  }));
}
