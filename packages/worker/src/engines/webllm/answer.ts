import type { ChatRequest, EmittedAnswer, TokenEvent } from '@orilla/contract';
import type { AnswerEvent } from '../../text/answer-events.ts';
import { beginChoice } from '../answer/begin-choice.ts';
import { type ChoiceEnd, choiceEvents } from '../answer/choice-events.ts';
import { ChoiceTokens } from '../answer/choice-tokens.ts';
import { type AnsweringModel, type AnswerPlan, planAnswer } from '../answer/plan-answer.ts';
import { endOfFullAnswer, tellAnswer } from '../answer/tell-answer.ts';
import type { SamplingSettings } from '../request/sampling-settings.ts';
import type { TokenSequence } from './token-sequence.ts';

export interface SequenceModel extends AnsweringModel {
  readonly sequence: TokenSequence;
}

export interface AnswerOptions {
  readonly request: ChatRequest;
  readonly settings: SamplingSettings;
  readonly emitted: EmittedAnswer | undefined;
  readonly signal: AbortSignal;
}

/** Answers one request, its choices one after the other: there is room for one sequence. @throws as `Engine.generate` */
export async function* answer(
  model: SequenceModel,
  { request, signal, ...rest }: AnswerOptions,
): AsyncGenerator<TokenEvent, void, undefined> {
  const plan = planAnswer(model, request, rest);
  if (plan.limit === 0) {
    yield endOfFullAnswer(plan);
    return;
  }
  const choices = Array.from({ length: plan.settings.choices }, (_, choice) =>
    answerChoice(model, plan, { choice, signal }),
  );
  yield* tellAnswer(plan, choices, { most: 1 });
}

async function* answerChoice(
  model: SequenceModel,
  plan: AnswerPlan,
  { choice, signal }: { readonly choice: number; readonly signal: AbortSignal },
): AsyncGenerator<AnswerEvent, ChoiceEnd, undefined> {
  const { sequence, endTokenIds } = model;
  const { prompt, before, limit } = plan;
  const { sampler, mask } = await beginChoice(model, plan, { choice, signal });
  try {
    const { logits, cachedTokens } = await sequence.begin([...prompt, ...before], { signal });
    const goOn = (id: number) => sequence.goOn(id);
    const tokens = new ChoiceTokens({ logits, goOn, sampler, mask, endTokenIds, limit, signal });
    return yield* choiceEvents(model, plan, { tokens, choice, cachedTokens });
  } finally {
    mask?.free();
  }
}
