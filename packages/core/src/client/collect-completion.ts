import { type ChatCompletion, type ChatCompletionChunk, OrillaError, type WithOrillaResponse } from '@orilla/contract';
import type { OpenedAnswer } from './open-answer.ts';

type Choice = ChatCompletion['choices'][number];
type ToolCallDelta = NonNullable<ChatCompletionChunk['choices'][number]['delta']['tool_calls']>[number];

/** Reads an answer to its end and gives it whole, in OpenAI's shape, the receipt under `orilla`. */
export async function collectCompletion(answer: OpenedAnswer): Promise<WithOrillaResponse<ChatCompletion>> {
  const choices = new Map<number, ChoiceBuilder>();
  for await (const chunk of answer.chunks) {
    for (const choice of chunk.choices) {
      const builder = choices.get(choice.index) ?? new ChoiceBuilder(choice.index);
      choices.set(choice.index, builder);
      builder.add(choice);
    }
  }
  const receipt = answer.receipt();
  return {
    ...answer.head,
    object: 'chat.completion',
    choices: [...choices.values()].sort((a, b) => a.index - b.index).map((builder) => builder.build()),
    ...(receipt.usage && { usage: receipt.usage }),
    orilla: { receipt },
  };
}

/** Puts one choice together from its deltas. */
class ChoiceBuilder {
  readonly index: number;
  #content: string | null = null;
  #refusal: string | null = null;
  #finishReason: Choice['finish_reason'] | null = null;
  #logprobs: { content: NonNullable<NonNullable<Choice['logprobs']>['content']>; refusal: null } | null = null;
  readonly #toolCalls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = [];

  constructor(index: number) {
    this.index = index;
  }

  add({ delta, finish_reason, logprobs }: ChatCompletionChunk['choices'][number]): void {
    if (typeof delta.content === 'string') this.#content = (this.#content ?? '') + delta.content;
    if (typeof delta.refusal === 'string') this.#refusal = (this.#refusal ?? '') + delta.refusal;
    for (const call of delta.tool_calls ?? []) this.#addToolCall(call);
    if (logprobs?.content) {
      this.#logprobs ??= { content: [], refusal: null };
      this.#logprobs.content.push(...logprobs.content);
    }
    if (finish_reason) this.#finishReason = finish_reason;
  }

  build(): Choice {
    if (this.#finishReason === null) {
      throw new OrillaError('protocol.broken-stream', 'The answer ended without saying why.', { advice: 'Ask again.' });
    }
    return {
      index: this.index,
      message: {
        role: 'assistant',
        content: this.#content,
        refusal: this.#refusal,
        ...(this.#toolCalls.length > 0 && { tool_calls: this.#toolCalls }),
      },
      finish_reason: this.#finishReason,
      logprobs: this.#logprobs,
    };
  }

  #addToolCall(call: ToolCallDelta): void {
    const known = this.#toolCalls[call.index];
    if (known) {
      known.function.arguments += call.function?.arguments ?? '';
      return;
    }
    this.#toolCalls[call.index] = {
      id: call.id ?? '',
      type: 'function',
      function: { name: call.function?.name ?? '', arguments: call.function?.arguments ?? '' },
    };
  }
}
