import type { ChatRequest, EmittedAnswer } from '@orilla/contract';
import type { AnswerForm } from '../../text/grammar/answer-grammar.ts';
import type { CompileTokenMask } from '../../text/grammar/compile-token-mask.ts';
import type { ModelText } from '../../text/model-text.ts';
import type { SamplingSettings } from '../request/sampling-settings.ts';
import { contextExceeded } from './answer-errors.ts';
import { answerForm } from './answer-form.ts';

/** What the answers of a model are made with, whatever computes it. */
export interface AnsweringModel {
  readonly text: ModelText;
  /** Tokens that end an answer. */
  readonly endTokenIds: ReadonlySet<number>;
  readonly contextLength: number;
  readonly compileMask: CompileTokenMask;
  /** Tokens before the prompt that the chat template doesn't write. */
  readonly prefixTokenIds?: readonly number[];
  /** Texts that end an answer, beside those that a request names. */
  readonly stopTexts?: readonly string[];
}

export interface AnswerPlan {
  readonly settings: SamplingSettings;
  readonly form: AnswerForm;
  readonly emitted: EmittedAnswer | undefined;
  /** Token ids of the prompt. */
  readonly prompt: readonly number[];
  /** Token ids of the answer that are out already. */
  readonly before: readonly number[];
  /** The most tokens that each answer may still get; none where what is continued was cut off where it would have ended. */
  readonly limit: number;
}

/** Makes tokens of a request. @throws OrillaError `engine.context-exceeded`; `capability.unsupported` for a call that this model can't be made to write */
export function planAnswer(
  { text, contextLength, prefixTokenIds = [] }: AnsweringModel,
  request: ChatRequest,
  { settings, emitted }: Pick<AnswerPlan, 'settings' | 'emitted'>,
): AnswerPlan {
  const form = answerForm(settings, text);
  const rendered = text.renderChat(request);
  const rest = text.encode(rendered);
  const prompt = [...prefixTokenIds, ...rest];
  if (prompt.length >= contextLength) throw contextExceeded(prompt.length, contextLength);
  // Exactly the tokens that are out where they are known; else their text, as the vocabulary cuts it behind the prompt.
  const before = emitted ? (emitted.tokenIds ?? text.encode(rendered + emitted.text).slice(rest.length)) : [];
  const left = (settings.maxTokens ?? Number.POSITIVE_INFINITY) - (emitted?.tokens ?? 0);
  const limit = Math.max(0, Math.min(contextLength - prompt.length - before.length, left));
  return { settings, form, emitted, prompt, before, limit };
}
