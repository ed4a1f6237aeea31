import type { TokenEvent } from '@orilla/contract';
import type { AnswerEvent } from '../../text/answer-events.ts';
import type { ChoiceEnd } from './choice-events.ts';
import { mergeChoices } from './merge-choices.ts';
import type { AnswerPlan } from './plan-answer.ts';

/**
 * Tells the answers to one request, with the event that ends each of them; the last one's has the usage of all. Those that `cachedTokens`
 * of usage tells are the prompt's, of the answer that ends first.
 */
export async function* tellAnswer(
  { settings, emitted, prompt }: Pick<AnswerPlan, 'settings' | 'emitted' | 'prompt'>,
  answers: readonly AsyncGenerator<AnswerEvent, ChoiceEnd, undefined>[],
  /** How many of them are computed at the same time. */
  { most }: { readonly most: number },
): AsyncGenerator<TokenEvent, void, undefined> {
  let unfinished = answers.length;
  let completionTokens = emitted?.tokens ?? 0;
  let cachedTokens: number | null = null;
  for await (const step of mergeChoices(answers, { most })) {
    if ('value' in step) {
      yield step.value;
      continue;
    }
    const { choice, end } = step;
    unfinished -= 1;
    completionTokens += end.tokens;
    cachedTokens ??= Math.min(end.cachedTokens, prompt.length);
    const told = { ...(settings.choices > 1 && { choice }), reason: end.reason, atMs: nowMs() };
    if (unfinished > 0) yield { type: 'choice-end', ...told, choice };
    else yield { type: 'finish', ...told, promptTokens: prompt.length, completionTokens, cachedTokens };
  }
}

/** The end of an answer that has no room left: what is continued was cut off at the very place where it would have ended. */
export function endOfFullAnswer({ emitted, prompt }: Pick<AnswerPlan, 'emitted' | 'prompt'>): TokenEvent {
  const usage = { promptTokens: prompt.length, completionTokens: emitted?.tokens ?? 0, cachedTokens: 0 };
  return { type: 'finish', reason: 'length', ...usage, atMs: nowMs() };
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
