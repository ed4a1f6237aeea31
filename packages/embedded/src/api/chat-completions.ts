import type { ChatCompletion, ChatCompletionChunk } from '@orilla/contract';
import { type Answer, answer } from './answer.ts';
import { readAnswerRequest, sharedFields, sharedLacking } from './answer-request.ts';
import { type Fields, refuseOthers, unsupported } from './fields.ts';
import { readMessages } from './read-messages.ts';
import { samplingFields } from './sampling.ts';
import type { ServedModel } from './served-model.ts';

const known = [
  ...sharedFields,
  ...samplingFields,
  'messages',
  'max_completion_tokens',
  'response_format',
  // Hints to servers that have such things; without them the answer is the same.
  'parallel_tool_calls',
  'prompt_cache_key',
  'safety_identifier',
  'service_tier',
];
const lacking = [
  ...sharedLacking,
  'add_generation_prompt',
  'audio',
  'continue_final_message',
  'function_call',
  'functions',
  'modalities',
  'prediction',
  'reasoning_effort',
  'tool_choice',
  'tools',
  'top_logprobs',
  'verbosity',
  'web_search_options',
];

/** `POST /v1/chat/completions`. @throws OrillaError; AbortError */
export async function chatCompletions(
  fields: Fields,
  served: ServedModel,
  options: { readonly signal: AbortSignal },
): Promise<Answer> {
  refuseOthers(fields, known, lacking);
  const messages = readMessages(fields);
  if (!served.chatPrompt) throw unsupported('messages', 'need a chat template, which this model does not have');
  const prompt = served.model.tokenize(served.chatPrompt(messages));
  return answer(readAnswerRequest(fields, prompt, served.model), served, chatShape, options);
}

const chatShape = {
  idPrefix: 'chatcmpl-',
  opening: (head, index) => chunk(head, [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
  text: (head, index, text) => chunk(head, [{ index, delta: { content: text }, finish_reason: null }]),
  closing: (head, index, reason) => chunk(head, [{ index, delta: {}, finish_reason: reason }]),
  usage: (head, usage) => ({ ...chunk(head, []), usage }),
  whole: ({ id, created, model }, choices, usage) =>
    ({
      id,
      object: 'chat.completion',
      created,
      model,
      choices: choices.map(({ text, reason }, index) => ({
        index,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: reason,
      })),
      usage,
    }) satisfies ChatCompletion,
} satisfies Parameters<typeof answer>[2];

function chunk(
  { id, created, model }: { id: string; created: number; model: string },
  choices: ChatCompletionChunk['choices'],
) {
  return { id, object: 'chat.completion.chunk', created, model, choices } satisfies ChatCompletionChunk;
}
