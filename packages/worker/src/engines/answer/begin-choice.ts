import type { TokenMask } from '../../text/grammar/token-mask.ts';
import { createSampler, type Sampler } from '../sampling/sampler.ts';
import type { AnsweringModel, AnswerPlan } from './plan-answer.ts';

export interface BegunChoice {
  readonly sampler: Sampler;
  /** Keeps the answer to a grammar; freed by the caller. */
  readonly mask: TokenMask | null;
}

/** What chooses the tokens of one of the answers, behind those that are out already. @throws as `CompileTokenMask` */
export async function beginChoice(
  { text, endTokenIds, compileMask }: AnsweringModel,
  { settings, form, before }: Pick<AnswerPlan, 'settings' | 'form' | 'before'>,
  { choice, signal }: { readonly choice: number; readonly signal: AbortSignal },
): Promise<BegunChoice> {
  const sampler = createSampler(settings, { vocabularySize: text.vocabularySize, choice });
  for (const id of before) sampler.accept(id);
  if (form.type === 'text') return { sampler, mask: null };
  return { sampler, mask: await compileMask(form, text, { stopTokenIds: endTokenIds, signal }) };
}
