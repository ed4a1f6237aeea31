import { type ChatRequest, OrillaError } from '@orilla/contract';
import type { ChatCompletionParams } from '@wllama/wllama/esm/index.js';
import { plainMessages } from '../../text/plain-messages.ts';

/** Numbers that llama.cpp knows under the same name. The last two are not OpenAI's, but every open model server takes them. */
const numberFields = [
  'temperature',
  'top_p',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'top_logprobs',
  'top_k',
  'min_p',
] as const;

/** Fields that change nothing about one answer of this engine, or that are read below. */
const knownFields: ReadonlySet<string> = new Set([
  ...numberFields,
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'logprobs',
  'logit_bias',
  'response_format',
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
  'parallel_tool_calls',
  'reasoning_effort',
  'verbosity',
]);

/** Values that ask for nothing beyond what is done anyway. */
const neutralValues: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  tools: (value) => Array.isArray(value) && value.length === 0,
  functions: (value) => Array.isArray(value) && value.length === 0,
  tool_choice: (value) => value === 'none' || value === 'auto',
  function_call: (value) => value === 'none' || value === 'auto',
  modalities: (value) => Array.isArray(value) && value.every((item) => item === 'text'),
};

/**
 * Translates a request into the engine's. Everything is checked here: inside the engine a value of the wrong type raises a C++
 * exception, which takes the requests beside it down too.
 * @throws OrillaError `capability.unsupported`, `protocol.bad-request`, naming the field
 */
export function requestParams(request: ChatRequest): ChatCompletionParams {
  for (const [field, value] of Object.entries(request)) {
    if (value === undefined || value === null || knownFields.has(field)) continue;
    if (!neutralValues[field]?.(value)) throw unsupported(field);
  }
  const fields: Readonly<Record<string, unknown>> = { ...request };
  const maxTokens = number(fields, 'max_completion_tokens') ?? number(fields, 'max_tokens');
  const isLogged = request.logprobs === true;
  return {
    messages: [...plainMessages(request.messages)],
    ...Object.fromEntries(
      numberFields.map((name) => [name, number(fields, name)]).filter(([, value]) => value !== undefined),
    ),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...stopOf(request.stop),
    // Asked for none beside the chosen one, the engine would give no log probability at all.
    ...(isLogged && { logprobs: true, top_logprobs: Math.max(1, request.top_logprobs ?? 0) }),
    ...(request.logit_bias && { logit_bias: biasOf(request.logit_bias) }),
    ...(request.response_format && { response_format: formatOf(request.response_format) }),
  };
}

function number(fields: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw bad(name, 'must be a number');
  return value;
}

function stopOf(stop: ChatRequest['stop']): { stop?: readonly string[] } {
  if (stop === undefined || stop === null) return {};
  const texts = typeof stop === 'string' ? [stop] : stop;
  if (!Array.isArray(texts) || texts.some((text) => typeof text !== 'string')) throw bad('stop', 'must be texts');
  return { stop: texts.filter((text) => text !== '') };
}

function biasOf(bias: Readonly<Record<string, number>>): Record<string, number> {
  for (const [token, value] of Object.entries(bias))
    if (!/^\d+$/.test(token) || typeof value !== 'number') throw bad('logit_bias', 'must be numbers by token id');
  return bias;
}

function formatOf(format: NonNullable<ChatRequest['response_format']>): ChatCompletionParams['response_format'] {
  switch (format.type) {
    case 'text':
    case 'json_object':
      return { type: format.type };
    case 'json_schema': {
      const { name, schema } = format.json_schema;
      if (typeof schema !== 'object' || schema === null) throw bad('response_format', 'needs a schema');
      return { type: 'json_schema', json_schema: { name, schema } };
    }
    default:
      throw unsupported('response_format');
  }
}

function unsupported(param: string): OrillaError {
  return new OrillaError('capability.unsupported', `The model on this device can't do what \`${param}\` asks for.`, {
    advice: 'Leave it out, or let the relay answer.',
    param,
  });
}

function bad(param: string, why: string): OrillaError {
  return new OrillaError('protocol.bad-request', `The request can't be used: \`${param}\` ${why}.`, { param });
}
