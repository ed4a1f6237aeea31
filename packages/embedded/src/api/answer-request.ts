import { OrillaError } from '@orilla/contract';
import type { LanguageModel } from '../llama/language-model.ts';
import type { ChoicePlan } from './choice.ts';
import {
  badField,
  type Fields,
  isFields,
  optional,
  optionalBoolean,
  optionalInteger,
  optionalString,
  unsupported,
} from './fields.ts';
import { readGrammar } from './grammar-request.ts';
import { readSampling } from './sampling.ts';

/** What chat and text completions have in common, read and checked. */
export interface AnswerRequest {
  /** The name that the request used, given back in the answer. */
  readonly model: string;
  readonly promptTokens: number;
  readonly choices: readonly ChoicePlan[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

/** Fields that both kinds of completion read, and such that change nothing about the answer. */
export const sharedFields = [
  'model',
  'stream',
  'stream_options',
  'max_tokens',
  'stop',
  'n',
  'user',
  'metadata',
  'store',
] as const;

/** Fields of other model servers' that both kinds lack here. */
export const sharedLacking = [
  'chat_template_kwargs',
  'ignore_eos',
  'include_stop_str_in_output',
  'logit_bias',
  'logprobs',
  'min_tokens',
  'return_token_ids',
  'skip_special_tokens',
  'stop_token_ids',
  'structured_outputs',
] as const;

export interface AnswerDefaults {
  /** Where the request sets no limit; absent for all that the context has left. */
  readonly maxTokens?: number;
}

/** Reads a request whose prompt is in tokens already. @throws OrillaError naming the field; `engine.context-exceeded` */
export function readAnswerRequest(
  fields: Fields,
  prompt: readonly number[],
  model: Pick<LanguageModel, 'contextLength' | 'sequences'>,
  defaults: AnswerDefaults = {},
): AnswerRequest {
  const stream = optionalBoolean(fields, 'stream') ?? false;
  const asked =
    optionalInteger(fields, 'max_completion_tokens', 1, Number.MAX_SAFE_INTEGER) ??
    optionalInteger(fields, 'max_tokens', 1, Number.MAX_SAFE_INTEGER);
  const room = model.contextLength - prompt.length;
  const maxTokens = asked ?? Math.max(1, Math.min(room, defaults.maxTokens ?? room));
  if (maxTokens > room) throw contextExceeded(prompt.length, asked, model.contextLength);
  const sampling = readSampling(fields);
  const count = optionalInteger(fields, 'n', 1, 128) ?? 1;
  if (count > model.sequences)
    throw unsupported('n', `is more than the ${model.sequences} answers that the embedded upstream computes at a time`);
  const plan = { prompt, maxTokens, stop: readStop(fields), grammar: readGrammar(fields) };
  return {
    model: optionalString(fields, 'model') ?? '',
    promptTokens: prompt.length,
    // A seed per choice: with one and the same they would all be one and the same.
    choices: Array.from({ length: count }, (_, index) => ({
      ...plan,
      sampling: { ...sampling, seed: (sampling.seed + index) % 2 ** 32 },
    })),
    stream,
    includeUsage: readIncludeUsage(fields, stream),
  };
}

/** What OpenAI's clients know as `context_length_exceeded`. */
export function contextExceeded(
  promptTokens: number,
  maxTokens: number | undefined,
  contextLength: number,
): OrillaError {
  const answer = maxTokens === undefined ? '' : `, and up to ${maxTokens} more were asked for as the answer`;
  return new OrillaError(
    'engine.context-exceeded',
    `The model's context is ${contextLength} tokens long. The prompt has ${promptTokens}${answer}.`,
    {
      advice: 'Shorten the prompt, ask for a shorter answer, or use a model with a longer context.',
      param: 'messages',
    },
  );
}

/** OpenAI takes at most four; so few also keep the search in each token cheap. */
function readStop(fields: Fields): readonly string[] {
  const value = optional(fields, 'stop');
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 4) throw badField('stop', 'must be a text or a list of at most 4 texts');
  return list.map((stop) => {
    if (typeof stop !== 'string' || stop === '' || stop.length > 1_024)
      throw badField('stop', 'must hold texts of 1 to 1,024 characters only');
    return stop;
  });
}

function readIncludeUsage(fields: Fields, stream: boolean): boolean {
  const options = optional(fields, 'stream_options');
  if (options === undefined) return false;
  if (!stream) throw badField('stream_options', 'is allowed with `stream: true` only');
  if (!isFields(options)) throw badField('stream_options', 'must be an object');
  return optionalBoolean(options, 'include_usage') ?? false;
}
