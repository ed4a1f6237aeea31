import type { SamplingSettings } from '../request/sampling-settings.ts';

export type Adjustments = Pick<
  SamplingSettings,
  'presencePenalty' | 'frequencyPenalty' | 'repetitionPenalty' | 'logitBias'
>;

/**
 * Changes `logits` in place as a request asks for, in llama.cpp's order: first the bias, which is added (OpenAI); then, for each token of
 * the answer so far, the repetition penalty, which divides what is above 0 and multiplies the rest (CTRL, arXiv 1909.05858, as llama.cpp
 * has it), and the presence penalty once and the frequency penalty as often as the token came, which are subtracted (OpenAI). The tokens
 * counted are those of the answer: OpenAI's penalties don't see the prompt; llama.cpp's see the prompt's last tokens too, ours don't.
 */
export function adjustLogits(
  logits: Float32Array,
  counts: ReadonlyMap<number, number>,
  { presencePenalty, frequencyPenalty, repetitionPenalty, logitBias }: Adjustments,
): void {
  for (const [id, bias] of logitBias) if (id < logits.length) logits[id] = (logits[id] ?? 0) + bias;
  if (presencePenalty === 0 && frequencyPenalty === 0 && repetitionPenalty === 1) return;
  for (const [id, count] of counts) {
    if (id >= logits.length) continue;
    const logit = logits[id] ?? 0;
    const repeated = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
    logits[id] = repeated - presencePenalty - count * frequencyPenalty;
  }
}

/** Takes out what a grammar forbids: bit `id % 32` of word `id >> 5` is 0. */
export function maskLogits(logits: Float32Array, mask: Int32Array): void {
  for (let start = 0, index = 0; start < logits.length; start += 32, index++) {
    const word = mask[index] ?? 0;
    if (word === -1) continue;
    const end = Math.min(start + 32, logits.length);
    if (word === 0) logits.fill(Number.NEGATIVE_INFINITY, start, end);
    else
      for (let id = start; id < end; id++)
        if ((word & (1 << (id - start))) === 0) logits[id] = Number.NEGATIVE_INFINITY;
  }
}
