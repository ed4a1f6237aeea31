import { OrillaError } from '@orilla/contract';
import { checkContentParts } from './check-content-parts.ts';
import type { Endpoint, FieldRule } from './endpoints.ts';

/** A request that keeps the endpoint's rules, taken apart into what the relay needs to know and what goes upstream. */
export interface CheckedRequest {
  readonly endpoint: Endpoint;
  /** The model's name as the client knows it. */
  readonly model: string;
  readonly isStream: boolean;
  /** The client wants a stream's last chunk with the usage. */
  readonly wantsUsage: boolean;
  /** Running usage on every chunk, as vLLM gives it. */
  readonly wantsContinuousUsage: boolean;
  /** How many choices a whole answer has; 0 for embeddings. */
  readonly choices: number;
  /** How the client wants embeddings. */
  readonly encoding: 'float' | 'base64';
  /** The body's own `orilla` field, unread. */
  readonly orilla: unknown;
  /** Goes upstream, together with what depends on the upstream. */
  readonly forwarded: Readonly<Record<string, unknown>>;
}

/** Names of fields in messages are cut at this length. */
const maxNamedLength = 64;

/** @throws OrillaError `protocol.bad-request`, naming the field */
export function checkRequest(endpoint: Endpoint, body: Readonly<Record<string, unknown>>): CheckedRequest {
  const forwarded: Record<string, unknown> = {};
  for (const key of Object.keys(body)) {
    const rule = endpoint.fields.get(key);
    if (rule === 'forward') forwarded[key] = body[key];
    else if (rule !== 'own' && rule !== 'leave-out') forwarded[key] = checkField(key, rule, body[key]);
  }
  const { model, stream, stream_options: streamOptions, encoding_format: encoding } = body;
  if (typeof model !== 'string' || model === '') throw bad('model', 'must name a model');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') throw bad('stream', 'must be a boolean');
  if (encoding !== undefined && encoding !== null && encoding !== 'float' && encoding !== 'base64') {
    throw bad('encoding_format', 'must be float or base64');
  }
  if (endpoint.name === 'chat') checkContentParts(body.messages);
  if (endpoint.name === 'completions' && body.prompt === undefined) throw bad('prompt', 'is missing');
  if (endpoint.name === 'embeddings' && body.input === undefined) throw bad('input', 'is missing');
  const isStream = stream === true;
  return {
    endpoint,
    model,
    isStream,
    ...readStreamOptions(streamOptions, isStream),
    choices: countChoices(endpoint, body),
    encoding: encoding === 'base64' ? 'base64' : 'float',
    orilla: body.orilla,
    forwarded,
  };
}

function checkField(key: string, rule: Exclude<FieldRule, string> | undefined, value: unknown): unknown {
  const name = JSON.stringify(key.slice(0, maxNamedLength));
  if (!rule) {
    throw new OrillaError('protocol.bad-request', `Unknown field ${name}: a model server would silently ignore it.`, {
      param: key.slice(0, maxNamedLength),
      advice: 'Leave it out.',
    });
  }
  if ('refuse' in rule) {
    if (value === null) return undefined; // asks for nothing
    throw bad(key, `is not taken from clients: ${rule.refuse}`);
  }
  if (value === null) return value;
  if ('max' in rule) {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > rule.max) {
      throw bad(key, `must be a whole number up to ${rule.max}`);
    }
    return value;
  }
  const isSwitches =
    typeof value === 'object' &&
    Object.entries(value).every(([name, set]) => rule.switches.includes(name) && typeof set === 'boolean');
  if (!isSwitches) throw bad(key, `may hold only ${rule.switches.join(', ')}, each true or false`);
  return value;
}

/** So many for each prompt: completions take a list of texts, or of lists of tokens, as well as one. */
function countChoices({ name }: Endpoint, { n, prompt }: Readonly<Record<string, unknown>>): number {
  if (name === 'embeddings') return 0;
  const isList = name === 'completions' && Array.isArray(prompt) && typeof prompt[0] !== 'number';
  return (isList ? Math.max(1, prompt.length) : 1) * (typeof n === 'number' ? Math.max(1, n) : 1);
}

function readStreamOptions(options: unknown, isStream: boolean) {
  if (options === undefined || options === null) return { wantsUsage: false, wantsContinuousUsage: false };
  if (!isStream) throw bad('stream_options', 'needs "stream": true');
  if (typeof options !== 'object') throw bad('stream_options', 'must be an object');
  for (const [key, value] of Object.entries(options)) {
    if (!['include_usage', 'include_obfuscation', 'continuous_usage_stats'].includes(key)) {
      throw bad('stream_options', 'may hold include_usage, include_obfuscation and continuous_usage_stats');
    }
    if (typeof value !== 'boolean') throw bad(`stream_options.${key}`, 'must be a boolean');
  }
  const wantsUsage = 'include_usage' in options && options.include_usage === true;
  const wantsContinuousUsage =
    wantsUsage && 'continuous_usage_stats' in options && options.continuous_usage_stats === true;
  return { wantsUsage, wantsContinuousUsage };
}

function bad(param: string, why: string): OrillaError {
  return new OrillaError('protocol.bad-request', `The request can't be forwarded: ${param} ${why}.`, { param });
}
