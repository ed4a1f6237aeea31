import type OpenAI from 'openai';
import type { Privacy } from './privacy.ts';
import type { Receipt } from './receipt.ts';

export type ChatRequest = OpenAI.Chat.ChatCompletionCreateParams;
export type ChatMessage = OpenAI.Chat.ChatCompletionMessageParam;
export type ChatCompletion = OpenAI.Chat.ChatCompletion;
export type ChatCompletionChunk = OpenAI.Chat.ChatCompletionChunk;
export type CompletionRequest = OpenAI.CompletionCreateParams;
export type EmbeddingRequest = OpenAI.EmbeddingCreateParams;
export type EmbeddingResponse = OpenAI.CreateEmbeddingResponse;
export type Usage = OpenAI.CompletionUsage;
export type FinishReason = NonNullable<ChatCompletionChunk['choices'][number]['finish_reason']>;

/** What Orilla adds to a request body, under the one key `orilla`; the relay strips it before an upstream sees it. */
export interface OrillaRequestFields {
  readonly privacy?: Privacy;
}

/** What Orilla adds to an answer, under the one key `orilla`: on the final usage chunk, or in the JSON answer. */
export interface OrillaResponseFields {
  readonly receipt: Receipt;
}

export type WithOrillaRequest<T> = T & { readonly orilla?: OrillaRequestFields };
export type WithOrillaResponse<T> = T & { readonly orilla?: OrillaResponseFields };

/** Headers of Orilla's own, spelled once. */
export const headerNames = {
  privacy: 'Orilla-Privacy',
  requestId: 'Orilla-Request-Id',
  place: 'Orilla-Place',
  upstreamZone: 'Orilla-Upstream-Zone',
  receipt: 'Orilla-Receipt',
} as const;
