import type { FinishReason } from '@orilla/contract';
import { type AnswerEvent, answerEvents } from '../../text/answer-events.ts';
import { toolCallParser } from '../../text/tools/tool-call-parser.ts';
import type { ChoiceTokens } from './choice-tokens.ts';
import type { AnsweringModel, AnswerPlan } from './plan-answer.ts';

export interface ChoiceEnd {
  readonly reason: FinishReason;
  /** Tokens that were chosen for it, those that a continued answer had before not included. */
  readonly tokens: number;
  /** Tokens at the beginning that were computed before. */
  readonly cachedTokens: number;
}

/** The events of one of the answers to a request, out of its tokens. */
export async function* choiceEvents(
  { text, stopTexts = [] }: AnsweringModel,
  { settings, emitted }: Pick<AnswerPlan, 'settings' | 'emitted'>,
  { tokens, choice, cachedTokens }: { tokens: ChoiceTokens; choice: number; cachedTokens: number },
): AsyncGenerator<AnswerEvent, ChoiceEnd, undefined> {
  const tools = settings.tools.map((tool) => tool.function);
  const { reason } = yield* answerEvents(tokens.tokens(), {
    text,
    stop: [...settings.stop, ...stopTexts],
    topLogprobs: settings.topLogprobs,
    tools: tools.length > 0 ? toolCallParser(text.toolFormat, { tools }) : null,
    ...(settings.choices > 1 && { choice }),
    emitted,
  });
  return { reason: reason === 'ended' ? tokens.reason : reason, tokens: tokens.ids.length, cachedTokens };
}
