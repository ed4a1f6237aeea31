import type { LanguageModel } from '../llama/language-model.ts';
import { type ChatPrompt, createChatPrompt } from '../text/chat-prompt.ts';
import { createSlots, type Slots } from './slots.ts';

/** A model together with the bounds on who may use it at the same time. */
export interface ServedModel {
  readonly model: LanguageModel;
  /** One place a sequence. */
  readonly slots: Slots;
  /** Texts are embedded one after the other. */
  readonly embeddingSlots: Slots;
  readonly chatPrompt: ChatPrompt | undefined;
}

/** Requests that may wait while all places are taken. Each waits for some seconds; more would only time out. */
const line = 32;

export function createServedModel(model: LanguageModel): ServedModel {
  return {
    model,
    slots: createSlots({ places: model.sequences, line }),
    embeddingSlots: createSlots({ places: 1, line }),
    chatPrompt: model.chatFormat && createChatPrompt(model.chatFormat),
  };
}
