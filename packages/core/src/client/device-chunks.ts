import {
  type ChatCompletionChunk,
  type LoadResult,
  OrillaError,
  type ReceiptPart,
  type TokenEvent,
  type Usage,
} from '@orilla/contract';

/** What an answer amounts to once it ended, or so far. */
export interface AnswerTotals {
  part: ReceiptPart | null;
  usage: Usage | null;
  finishReason: ChatCompletionChunk['choices'][number]['finish_reason'];
}

export interface ChunkHead {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
}

/** Turns the device's token events into OpenAI's chunks: role first, one chunk a token, the finish reason last. Keeps `totals` current. */
export async function* deviceChunks(
  events: AsyncIterable<TokenEvent>,
  head: ChunkHead,
  loaded: LoadResult,
  totals: AnswerTotals,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const chunk = (choice: Partial<ChatCompletionChunk['choices'][number]>, index = 0): ChatCompletionChunk => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index, delta: {}, finish_reason: null, logprobs: null, ...choice }],
  });
  let tokens = 0;
  const part = (): ReceiptPart => ({
    place: 'device',
    engine: loaded.engine,
    backend: loaded.backend,
    packageId: loaded.packageId,
    tokens,
    threads: loaded.threads,
    ...(loaded.gpuLayers && { gpuLayers: loaded.gpuLayers }),
  });
  totals.part = part();
  yield chunk({ delta: { role: 'assistant', content: '' } });
  for await (const event of events) {
    switch (event.type) {
      case 'token':
        tokens += event.tokenIds?.length ?? 1;
        totals.part = part();
        yield chunk(
          { delta: { content: event.text }, ...(event.logprobs && { logprobs: event.logprobs }) },
          event.choice,
        );
        break;
      case 'tool-call':
        tokens += event.tokenIds?.length ?? 1;
        totals.part = part();
        yield chunk({ delta: { tool_calls: [toolCallOf(event)] } }, event.choice);
        break;
      case 'choice-end':
        yield chunk({ finish_reason: event.reason }, event.choice);
        break;
      case 'finish':
        tokens = event.completionTokens;
        totals.part = part();
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
