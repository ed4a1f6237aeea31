import {
  type ChatCompletionChunk,
  type LoadResult,
  OrillaError,
  type ReceiptPart,
  type TokenEvent,
  type Usage,
} from '@orilla/contract';
import type { AnswerEvent } from '../device/surviving-answer.ts';

/** What an answer amounts to once it ended, or so far. */
export interface AnswerTotals {
  /** In the order of the answer: a new one where it was continued. */
  parts: readonly ReceiptPart[];
  usage: Usage | null;
  finishReason: ChatCompletionChunk['choices'][number]['finish_reason'];
}

export interface ChunkHead {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
}

/** Keeps the stretches of an answer on the device, each with the tokens that it gave. */
class DeviceParts {
  readonly #totals: AnswerTotals;

  constructor(totals: AnswerTotals) {
    this.#totals = totals;
  }

  begin({ engine, backend, packageId, threads, gpuLayers }: LoadResult): void {
    const how = { engine, backend, packageId, threads, ...(gpuLayers && { gpuLayers }) };
    // What opened and then told nothing has no part in the answer.
    const before = this.#totals.parts.filter(({ tokens }) => tokens > 0);
    this.#totals.parts = [...before, { place: 'device', tokens: 0, ...how }];
  }

  count(tokens: number): void {
    const last = this.#totals.parts.at(-1);
    if (last) this.#totals.parts = [...this.#totals.parts.slice(0, -1), { ...last, tokens: last.tokens + tokens }];
  }

  /** The engine's own count of all of them, which is right where an event did not tell how many tokens it holds. */
  setTotal(tokens: number): void {
    this.count(tokens - this.#totals.parts.reduce((sum, part) => sum + part.tokens, 0));
  }
}

/** Turns the device's token events into OpenAI's chunks: role first, one chunk a token, the finish reason last. Keeps `totals` current. */
export async function* deviceChunks(
  events: AsyncIterable<AnswerEvent>,
  head: ChunkHead,
  totals: AnswerTotals,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const chunk = (choice: Partial<ChatCompletionChunk['choices'][number]>, index = 0): ChatCompletionChunk => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index, delta: {}, finish_reason: null, logprobs: null, ...choice }],
  });
  const parts = new DeviceParts(totals);
  yield chunk({ delta: { role: 'assistant', content: '' } });
  for await (const event of events) {
    switch (event.type) {
      case 'opened':
        parts.begin(event.loaded);
        break;
      case 'token':
        parts.count(event.tokenIds?.length ?? 1);
        yield chunk(
          { delta: { content: event.text }, ...(event.logprobs && { logprobs: event.logprobs }) },
          event.choice,
        );
        break;
      case 'tool-call':
        parts.count(event.tokenIds?.length ?? 1);
        yield chunk({ delta: { tool_calls: [toolCallOf(event)] } }, event.choice);
        break;
      case 'choice-end':
        yield chunk({ finish_reason: event.reason }, event.choice);
        break;
      case 'finish':
        parts.setTotal(event.completionTokens);
        totals.finishReason = event.reason;
        totals.usage = usageOf(event);
        yield chunk({ finish_reason: event.reason }, event.choice);
    }
  }
  if (totals.finishReason !== null) return;
  throw new OrillaError('protocol.broken-stream', 'The answer on this device ended without saying why.', {
    advice: 'What arrived is incomplete; ask again.',
  });
}

type ToolCallDelta = NonNullable<ChatCompletionChunk['choices'][number]['delta']['tool_calls']>[number];

function toolCallOf({ index, id, name, argumentsText }: Extract<TokenEvent, { type: 'tool-call' }>): ToolCallDelta {
  return {
    index,
    ...(id !== undefined && { id, type: 'function' }),
    function: { ...(name !== undefined && { name }), arguments: argumentsText },
  };
}

function usageOf(event: Extract<TokenEvent, { type: 'finish' }>): Usage {
  return {
    prompt_tokens: event.promptTokens,
    completion_tokens: event.completionTokens,
    total_tokens: event.promptTokens + event.completionTokens,
    prompt_tokens_details: { cached_tokens: event.cachedTokens },
  };
}
