import type { ChatRequest, Feature } from '@orilla/contract';
import { isRecord } from './is-record.ts';
import { numberFields, numberOf } from './number-fields.ts';
import { badField, unsupportedField } from './request-errors.ts';
import { type ResponseFormat, responseFormatOf } from './response-format.ts';
import { type ToolSettings, toolSettings } from './tool-settings.ts';

/** How a request wants its answer made, with OpenAI's defaults filled in: what all engines go by. */
export interface SamplingSettings extends ToolSettings {
  /** 0: always the likeliest token. */
  readonly temperature: number;
  readonly topP: number;
  /** 0: all of them. */
  readonly topK: number;
  readonly minP: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** 1: none. */
  readonly repetitionPenalty: number;
  readonly seed?: number;
  /** By token id. */
  readonly logitBias: ReadonlyMap<number, number>;
  readonly maxTokens?: number;
  /** None of them empty. */
  readonly stop: readonly string[];
  /** Candidates shown beside each token's log probability; absent where none are asked for at all. */
  readonly topLogprobs?: number;
  /** Answers to be made, at least 1. */
  readonly choices: number;
  readonly responseFormat: ResponseFormat;
}

export interface SamplingSettingsOptions {
  /** What the engine can do beyond text. */
  readonly features: readonly Feature[];
}

/** Fields that are read here, or that change nothing about one answer on a device. */
const knownFields: ReadonlySet<string> = new Set([
  ...numberFields,
  'messages',
  'stop',
  'logprobs',
  'logit_bias',
  'response_format',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'model',
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prediction',
  'reasoning_effort',
  'verbosity',
]);

/** Values of other fields that ask for nothing beyond what is done anyway. */
const neutralValues: Readonly<Record<string, (value: unknown) => boolean>> = {
  functions: (value) => Array.isArray(value) && value.length === 0,
  function_call: (value) => value === 'none' || value === 'auto',
  modalities: (value) => Array.isArray(value) && value.every((item) => item === 'text'),
};

/**
 * Checks every field of a request but its messages, once for all engines: inside an engine a value of the wrong type may be an exception
 * that takes the requests beside it down too, and a field that it does not know is ignored in silence.
 * @throws OrillaError `capability.unsupported` for what the engine can't do, `protocol.bad-request` for what nobody could; both name the field
 */
export function samplingSettings(request: ChatRequest, { features }: SamplingSettingsOptions): SamplingSettings {
  const fields: Readonly<Record<string, unknown>> = { ...request };
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || value === null || knownFields.has(field)) continue;
    if (!neutralValues[field]?.(value)) throw unsupportedField(field);
  }
  const demand = (feature: Feature, field: string) => {
    if (!features.includes(feature)) throw unsupportedField(field);
  };
  const olderLimit = numberOf(fields, 'max_tokens');
  const maxTokens = numberOf(fields, 'max_completion_tokens') ?? olderLimit;
  const seed = numberOf(fields, 'seed');
  const choices = numberOf(fields, 'n') ?? 1;
  if (choices > 1) demand('multiple-choices', 'n');
  const topLogprobs = topLogprobsOf(fields);
  if (topLogprobs !== undefined) demand('logprobs', 'logprobs');
  const responseFormat = responseFormatOf(fields.response_format);
  if (responseFormat.type === 'json_object') demand('json-object', 'response_format');
  if (responseFormat.type === 'json_schema') demand('json-schema', 'response_format');
  const tools = toolSettings(fields);
  if (tools.tools.length > 0) demand('tools', 'tools');
  return {
    temperature: numberOf(fields, 'temperature') ?? 1,
    topP: numberOf(fields, 'top_p') ?? 1,
    topK: Math.max(0, numberOf(fields, 'top_k') ?? 0),
    minP: numberOf(fields, 'min_p') ?? 0,
    presencePenalty: numberOf(fields, 'presence_penalty') ?? 0,
    frequencyPenalty: numberOf(fields, 'frequency_penalty') ?? 0,
    repetitionPenalty: numberOf(fields, 'repetition_penalty') ?? 1,
    ...(seed !== undefined && { seed }),
    logitBias: logitBiasOf(fields.logit_bias),
    ...(maxTokens !== undefined && { maxTokens }),
    stop: stopOf(fields.stop),
    ...(topLogprobs !== undefined && { topLogprobs }),
    choices,
    responseFormat,
    ...tools,
  };
}

function topLogprobsOf(fields: Readonly<Record<string, unknown>>): number | undefined {
  const isLogged = fields.logprobs ?? false;
  if (typeof isLogged !== 'boolean') throw badField('logprobs', 'must be true or false');
  const candidates = numberOf(fields, 'top_logprobs') ?? 0;
  if (isLogged) return candidates;
  if (candidates > 0) throw badField('top_logprobs', 'needs `logprobs` to be true');
  return undefined;
}

function stopOf(stop: unknown): readonly string[] {
  if (stop === undefined || stop === null) return [];
  const texts: unknown[] = Array.isArray(stop) ? stop : [stop];
  return texts.filter((text): text is string => {
    if (typeof text !== 'string') throw badField('stop', 'must be a text or a list of texts');
    return text !== '';
  });
}

function logitBiasOf(bias: unknown): ReadonlyMap<number, number> {
  if (bias === undefined || bias === null) return new Map();
  if (!isRecord(bias)) throw badField('logit_bias', 'must be numbers by token id');
  return new Map(
    Object.entries(bias).map(([token, value]: [string, unknown]) => {
      if (!/^\d{1,9}$/.test(token) || typeof value !== 'number' || !(Math.abs(value) <= 100))
        throw badField('logit_bias', 'must be numbers from -100 to 100 by token id');
      return [Number(token), value];
    }),
  );
}
