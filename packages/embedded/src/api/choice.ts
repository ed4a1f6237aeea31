import type { FinishReason } from '@orilla/contract';
import type { LanguageModel } from '../llama/language-model.ts';
import { createDetokenizer } from '../text/detokenizer.ts';
import { createJsonEnd } from '../text/json-end.ts';
import { createStopFilter } from '../text/stop-filter.ts';
import type { GrammarRequest } from './grammar-request.ts';
import type { Sampling } from './sampling.ts';

/** One of the answers that a request asks for. */
export interface ChoicePlan {
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly sampling: Sampling;
  readonly grammar: GrammarRequest | undefined;
}

export type ChoiceEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'finish'; readonly reason: Extract<FinishReason, 'stop' | 'length'>; readonly tokens: number };

/** Computes one answer. `finish` is the last event. Leaving the loop, or aborting, stops the computation. */
export async function* generateChoice(
  model: Pick<LanguageModel, 'generate' | 'detokenize'>,
  { prompt, maxTokens, stop, sampling, grammar }: ChoicePlan,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<ChoiceEvent, void, void> {
  const detokenizer = createDetokenizer(model.detokenize, prompt);
  const filter = createStopFilter(stop);
  const json = grammar ? createJsonEnd() : undefined;
  let tokens = 0;
  let reason: 'stop' | 'length' = 'stop';
  for await (const token of model.generate(prompt, { sampling, grammar, signal })) {
    tokens++;
    const piece = detokenizer.push(token);
    const text = filter.push(json ? json.push(piece) : piece);
    if (text !== '') yield { type: 'text', text };
    if (filter.stopped || json?.ended) break;
    if (tokens >= maxTokens) {
      reason = 'length';
      break;
    }
  }
  const rest = filter.flush();
  if (rest !== '') yield { type: 'text', text: rest };
  yield { type: 'finish', reason, tokens };
}
