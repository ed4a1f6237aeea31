import type { GeneratedToken } from '../../text/answer-events.ts';
import type { Candidates } from './candidates.ts';
import { exponentialOfMinus } from './exponential.ts';

/** What stands for a token that can't come at all: JSON has no infinity. OpenAI's value for it. */
const impossible = -9999;

/**
 * The natural logarithms of the chosen token's probability and of the `count` likeliest, as OpenAI gives them: of what the model computed
 * (log-softmax of the raw logits), before temperature, penalties, bias and grammar. So the chosen token need not be among the likeliest.
 */
export function logProbabilities(
  logits: Float32Array,
  chosen: number,
  count: number,
  candidates: Candidates,
): NonNullable<GeneratedToken['logprob']> {
  candidates.take(logits, Math.max(1, count));
  const likeliest = candidates.ranked();
  const max = logits[likeliest[0] ?? 0] ?? 0;
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += exponentialOfMinus(max - (logits[id] ?? 0));
  const total = max + Math.log(sum);
  const logprobOf = (id: number) => Math.max(impossible, (logits[id] ?? Number.NEGATIVE_INFINITY) - total);
  return {
    chosen: logprobOf(chosen),
    top: likeliest.slice(0, count).map((id) => ({ id, logprob: logprobOf(id) })),
  };
}
