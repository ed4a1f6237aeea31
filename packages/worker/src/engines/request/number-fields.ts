import { badField } from './request-errors.ts';

interface NumberRule {
  readonly from: number;
  readonly to: number;
  readonly isWhole?: boolean;
}

/** OpenAI's ranges; `top_k`, `min_p` and `repetition_penalty` are not OpenAI's, but every open model server takes them. */
const numberRules = {
  temperature: { from: 0, to: 100 },
  top_p: { from: 0, to: 1 },
  // llama.cpp and vLLM say -1 for all.
  top_k: { from: -1, to: 2 ** 31 - 1, isWhole: true },
  min_p: { from: 0, to: 1 },
  presence_penalty: { from: -2, to: 2 },
  frequency_penalty: { from: -2, to: 2 },
  repetition_penalty: { from: 0.01, to: 100 },
  seed: { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER, isWhole: true },
  max_tokens: { from: 1, to: 2 ** 31 - 1, isWhole: true },
  max_completion_tokens: { from: 1, to: 2 ** 31 - 1, isWhole: true },
  top_logprobs: { from: 0, to: 20, isWhole: true },
  n: { from: 1, to: 128, isWhole: true },
} as const satisfies Record<string, NumberRule>;

export type NumberField = keyof typeof numberRules;

export const numberFields = Object.keys(numberRules);

/** @throws OrillaError `protocol.bad-request` where it is no number, or none that means anything */
export function numberOf(fields: Readonly<Record<string, unknown>>, name: NumberField): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const { from, to, isWhole = false }: NumberRule = numberRules[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badField(name, 'must be a number');
  if (isWhole && !Number.isInteger(value)) throw badField(name, 'must be a whole number');
  if (value < from || value > to) throw badField(name, `must be from ${from} to ${to}`);
  return value;
}
