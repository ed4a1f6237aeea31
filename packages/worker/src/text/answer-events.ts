import type { EmittedAnswer, TokenEvent } from '@orilla/contract';
import type { ModelText } from './model-text.ts';
import type { ToolCallParser } from './tools/tool-call-parser.ts';

/** A token as an engine computes it, before anybody knows whether it may be told. Logarithms are natural. */
export interface GeneratedToken {
  readonly id: number;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly logprob?: {
    readonly chosen: number;
    /** The likeliest tokens, likeliest first. */
    readonly top: readonly { readonly id: number; readonly logprob: number }[];
  };
}

export type AnswerEvent = Exclude<TokenEvent, { type: 'finish' } | { type: 'choice-end' }>;

/** `ended`: the tokens ended by themselves; whether by an end token or at a limit, the engine knows. */
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
  readonly emitted?: EmittedAnswer | undefined;
}
