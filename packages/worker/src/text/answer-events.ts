import type { EmittedAnswer, TokenEvent } from '@orilla/contract';
import type { ModelText } from './model-text.ts';
import { type Tellable, TellableTokens } from './tellable-tokens.ts';
import { type TokenLogprob, tokenLogprobs } from './token-logprobs.ts';
import type { AnswerPiece, ToolCallParser } from './tools/tool-call-parser.ts';

/** A token as an engine computes it, before anybody knows whether it may be told. */
export interface GeneratedToken {
  readonly id: number;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly logprob?: TokenLogprob | undefined;
}

export type AnswerEvent = Exclude<TokenEvent, { type: 'finish' } | { type: 'choice-end' }>;

/**
 * `ended`: the tokens ended by themselves; whether by an end token or at a limit, the engine knows. `tool_calls`: there were calls, and the
 * last of them is whole.
 */
export interface AnswerEnd {
  readonly reason: 'stop' | 'tool_calls' | 'ended';
}

export interface AnswerEventsOptions {
  readonly text: Pick<ModelText, 'tokenBytes' | 'specialTokenIds'>;
  readonly stop: readonly string[];
  /** How many of the likeliest tokens are told beside each one; without it no log probability is told. */
  readonly topLogprobs?: number | undefined;
  readonly tools?: ToolCallParser | null | undefined;
  readonly choice?: number | undefined;
  /** What is out already. Its tokens are not to come again. */
  readonly emitted?: EmittedAnswer | undefined;
}

/**
 * Turns an engine's tokens into the events of an answer: whole characters, whole tokens, nothing of a stop string, and calls of tools
 * told from text. Special tokens are no text; the id of one between texts goes with the text behind it. A token that a stop string
 * begins in is told with its text up to there. At a stop string, or when the events are left, the tokens are left too.
 */
export async function* answerEvents(
  tokens: AsyncIterable<GeneratedToken>,
  options: AnswerEventsOptions,
): AsyncGenerator<AnswerEvent, AnswerEnd> {
  const { text, stop, tools, emitted } = options;
  const tellable = new TellableTokens<GeneratedToken>({ stop, before: emitted?.text ?? '' });
  const events = tools ? new CallEvents(tools, options) : new TextEvents(options);
  const bytesOf = visibleBytes(text, tools?.marks ?? []);
  let atMs = 0;
  for await (const token of tokens) {
    atMs = token.atMs;
    const told = tellable.push(token, bytesOf(token.id));
    if (told) yield* events.tell(told, atMs);
    if (tellable.isStopped) break;
  }
  const rest = tellable.end();
  if (rest) yield* events.tell(rest, atMs);
  yield* events.end(atMs);
  if (tools && tools.calls > 0 && !tools.isBroken) return { reason: 'tool_calls' };
  return { reason: tellable.isStopped ? 'stop' : 'ended' };
}

/** A special token is nothing to read, unless it is one by which calls of tools are known. */
function visibleBytes(text: AnswerEventsOptions['text'], marks: readonly string[]): (id: number) => Uint8Array {
  const decoder = new TextDecoder();
  return (id) => {
    const bytes = text.tokenBytes(id);
    const isSilent = text.specialTokenIds.has(id) && !marks.includes(decoder.decode(bytes));
    return isSilent ? new Uint8Array() : bytes;
  };
}

class TextEvents {
  readonly #options: AnswerEventsOptions;

  constructor(options: AnswerEventsOptions) {
    this.#options = options;
  }

  *tell(told: Tellable<GeneratedToken>, atMs: number): Iterable<AnswerEvent> {
    yield textEvent(told, atMs, this.#options);
  }

  *end(_atMs: number): Iterable<AnswerEvent> {
    // Nothing is held back here.
  }
}

/** What of the answer is text, and what calls. Each token goes with the piece that its text ends in. */
class CallEvents {
  readonly #parser: ToolCallParser;
  readonly #options: AnswerEventsOptions;
  #waiting: (Tellable<GeneratedToken> & { readonly end: number })[] = [];
  #length = 0;

  constructor(parser: ToolCallParser, options: AnswerEventsOptions) {
    this.#parser = parser;
    this.#options = options;
  }

  *tell(told: Tellable<GeneratedToken>, atMs: number): Iterable<AnswerEvent> {
    this.#length += told.text.length;
    this.#waiting.push({ ...told, end: this.#length });
    for (const piece of this.#parser.push(told.text)) yield this.#event(piece, atMs);
  }

  *end(atMs: number): Iterable<AnswerEvent> {
    for (const piece of this.#parser.end()) yield this.#event(piece, atMs);
  }

  #event({ end, ...piece }: AnswerPiece, atMs: number): AnswerEvent {
    const waiting = this.#waiting.findIndex((told) => told.end > end);
    const count = waiting === -1 ? this.#waiting.length : waiting;
    const tokens = this.#waiting.splice(0, count).flatMap((told) => told.tokens);
    if (piece.type === 'text') return textEvent({ text: piece.text, tokens }, atMs, this.#options);
    return { ...piece, ...choiceOf(this.#options), tokenIds: tokens.map(({ id }) => id), atMs };
  }
}

function textEvent(
  { text, tokens }: Tellable<GeneratedToken>,
  atMs: number,
  options: AnswerEventsOptions,
): AnswerEvent {
  const { topLogprobs: top } = options;
  return {
    type: 'token',
    ...choiceOf(options),
    text,
    tokenIds: tokens.map(({ id }) => id),
    ...(top !== undefined && { logprobs: tokenLogprobs(tokens, { text: options.text, top }) }),
    atMs,
  };
}

const choiceOf = ({ choice }: AnswerEventsOptions) => (choice === undefined ? {} : { choice });
