import type { FinishReason, Privacy, Receipt, Usage } from '@orilla/contract';
import { isJsonRecord } from '../http/json-record.ts';
import type { Upstream } from '../upstreams/upstream.ts';

/** What is known about a request before its answer. */
export interface ReceiptFacts {
  readonly requestId: string;
  readonly startedAt: Date;
  readonly privacy: Privacy;
  /** The model's name as the client knows it. */
  readonly model: string;
  readonly upstream: Upstream;
}

/** What only the answer tells. */
export interface AnswerFigures {
  readonly usage: Usage | null;
  readonly finishReason: FinishReason | null;
}

/** The relay's part of the story: where the answer was computed, under which label, and how long it is. */
export function answerReceipt(facts: ReceiptFacts, { usage, finishReason }: AnswerFigures): Receipt {
  const { requestId, startedAt, privacy, model, upstream } = facts;
  const { zone, name } = upstream.config;
  return {
    requestId,
    startedAt: startedAt.toISOString(),
    privacy,
    reasons: [{ rule: 'privacy', verdict: 'relay-allowed', label: privacy.label }],
    parts: [{ place: 'relay', model, zone, upstream: name, tokens: usage?.completion_tokens ?? 0 }],
    usage,
    finishReason,
  };
}

const finishReasons: readonly FinishReason[] = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'];

/** The finish reason where it is one of OpenAI's; servers have others of their own. */
export function readFinishReason(value: unknown): FinishReason | null {
  return finishReasons.find((reason) => reason === value) ?? null;
}

/** The usage of an answer; embeddings have no completion. */
export function readUsage(value: unknown): Usage | null {
  if (!isJsonRecord(value) || typeof value.prompt_tokens !== 'number') return null;
  const { prompt_tokens, completion_tokens, total_tokens } = value;
  const completion = typeof completion_tokens === 'number' ? completion_tokens : 0;
  return {
    ...value,
    prompt_tokens,
    completion_tokens: completion,
    total_tokens: typeof total_tokens === 'number' ? total_tokens : prompt_tokens + completion,
  };
}
