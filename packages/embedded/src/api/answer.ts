import { randomUUID } from 'node:crypto';
import type { Usage } from '@orilla/contract';
import type { AnswerRequest } from './answer-request.ts';
import { type ChoiceEvent, generateChoice } from './choice.ts';
import { unsupported } from './fields.ts';
import type { GrammarRequest } from './grammar-request.ts';
import { merge } from './merge.ts';
import type { ServedModel } from './served-model.ts';

/** What goes back: one JSON value, or events of a stream. A stream that nobody reads must be closed. */
export type Answer =
  | { readonly type: 'json'; readonly body: object }
  | { readonly type: 'stream'; readonly events: AsyncGenerator<object, void, void> };

type Reason = Extract<ChoiceEvent, { type: 'finish' }>['reason'];

export interface AnswerHead {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
}

/** How one kind of completion is written; an absent `opening` means that its streams begin with text. */
export interface AnswerShape {
  readonly idPrefix: string;
  readonly opening?: (head: AnswerHead, index: number) => object;
  readonly text: (head: AnswerHead, index: number, text: string) => object;
  readonly closing: (head: AnswerHead, index: number, reason: Reason) => object;
  readonly usage: (head: AnswerHead, usage: Usage) => object;
  readonly whole: (head: AnswerHead, choices: readonly { text: string; reason: Reason }[], usage: Usage) => object;
}

/**
 * Waits for a place for each choice, then computes them side by side. A stream keeps its places until it is closed.
 * @throws OrillaError `relay.overloaded`, before anything is sent; AbortError
 */
export async function answer(
  request: AnswerRequest,
  { model, slots }: ServedModel,
  shape: AnswerShape,
  { signal }: { readonly signal: AbortSignal },
): Promise<Answer> {
  const [first] = request.choices;
  if (first?.grammar) await prepare(first.grammar, model);
  const release = await slots.acquire({ count: request.choices.length, signal });
  const head = {
    id: `${shape.idPrefix}${randomUUID()}`,
    created: Math.floor(Date.now() / 1_000),
    model: request.model,
  };
  const events = merge(request.choices.map((plan) => generateChoice(model, plan, { signal })));
  if (request.stream) return { type: 'stream', events: streamed(events, release, request, shape, head) };
  try {
    const choices = request.choices.map((): { text: string; reason: Reason } => ({ text: '', reason: 'stop' }));
    let completionTokens = 0;
    for await (const { index, event } of events) {
      const choice = choices[index];
      if (!choice) continue;
      if (event.type === 'text') choice.text += event.text;
      else {
        choice.reason = event.reason;
        completionTokens += event.tokens;
      }
    }
    return { type: 'json', body: shape.whole(head, choices, toUsage(request.promptTokens, completionTokens)) };
  } finally {
    release();
  }
}

async function prepare(grammar: GrammarRequest, model: ServedModel['model']): Promise<void> {
  try {
    await model.prepareGrammar(grammar);
  } catch {
    // The library's own words may quote the schema.
    throw unsupported('response_format', 'holds a schema too large for the embedded upstream to hold an answer to');
  }
}

async function* streamed(
  events: ReturnType<typeof merge<ChoiceEvent>>,
  release: () => void,
  { choices, includeUsage, promptTokens }: AnswerRequest,
  shape: AnswerShape,
  head: AnswerHead,
): AsyncGenerator<object, void, void> {
  try {
    for (const index of choices.keys()) if (shape.opening) yield shape.opening(head, index);
    let completionTokens = 0;
    for await (const { index, event } of events) {
      if (event.type === 'text') yield shape.text(head, index, event.text);
      else {
        completionTokens += event.tokens;
        yield shape.closing(head, index, event.reason);
      }
    }
    if (includeUsage) yield shape.usage(head, toUsage(promptTokens, completionTokens));
  } finally {
    await events.return();
    release();
  }
}

function toUsage(promptTokens: number, completionTokens: number): Usage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0 },
  };
}
