import type { SamplerSettings } from './sampler.ts';

/**
 * The distribution that a request asks for, written down as the fields are defined, with a sort and no care for time: what the real
 * sampler is held against. Probabilities by id; 0 for what can't come.
 */
export function naiveDistribution(
  logits: Float32Array,
  settings: SamplerSettings,
  { accepted = [], allows = () => true }: { accepted?: readonly number[]; allows?: (id: number) => boolean } = {},
): number[] {
  const adjusted = Array.from(logits, (logit, id) => {
    const count = accepted.filter((other) => other === id).length;
    let value = Math.fround(logit + (settings.logitBias.get(id) ?? 0));
    if (count > 0) {
      value = value > 0 ? value / settings.repetitionPenalty : value * settings.repetitionPenalty;
      value = Math.fround(value - settings.presencePenalty - count * settings.frequencyPenalty);
    }
    return allows(id) ? value : Number.NEGATIVE_INFINITY;
  });
  const at = (id: number) => adjusted[id] ?? Number.NEGATIVE_INFINITY;
  const ranked = [...adjusted.keys()].filter((id) => at(id) > Number.NEGATIVE_INFINITY);
  ranked.sort((a, b) => at(b) - at(a) || a - b);
  const [first = 0] = ranked;
  if (settings.temperature === 0) return adjusted.map((_, id) => (id === first ? 1 : 0));
  let kept = settings.topK > 0 ? ranked.slice(0, settings.topK) : ranked;
  if (settings.topP < 1) {
    const weights = kept.map((id) => Math.exp(at(id) - at(first)));
    const total = sum(weights);
    let mass = 0;
    kept = kept.filter((_, index) => {
      const isIn = index === 0 || mass < settings.topP * total;
      mass += weights[index] ?? 0;
      return isIn;
    });
  }
  if (settings.minP > 0) kept = kept.filter((id) => Math.exp(at(id) - at(first)) >= settings.minP);
  const weights = new Map(kept.map((id) => [id, Math.exp((at(id) - at(first)) / settings.temperature)]));
  const total = sum([...weights.values()]);
  return adjusted.map((_, id) => (weights.get(id) ?? 0) / total);
}

function sum(values: readonly number[]): number {
  return values.reduce((left, right) => left + right, 0);
}
