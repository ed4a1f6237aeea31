import { isRecord } from './is-record.ts';
import { badField, unsupportedField } from './request-errors.ts';

/** OpenAI's, with a schema wherever it is said to have one. */
export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly json_schema: { readonly name: string; readonly schema: Record<string, unknown> };
    };

/** @throws OrillaError `capability.unsupported` for a kind that no engine knows, `protocol.bad-request` for what is none */
export function responseFormatOf(value: unknown): ResponseFormat {
  if (value === undefined || value === null) return { type: 'text' };
  if (!isRecord(value) || typeof value.type !== 'string') throw badField('response_format', 'must have a type');
  const { type } = value;
  if (type === 'text' || type === 'json_object') return { type };
  if (type !== 'json_schema') throw unsupportedField('response_format');
  const { json_schema: given } = value;
  if (!isRecord(given) || !isRecord(given.schema)) throw badField('response_format', 'needs a schema');
  const name = typeof given.name === 'string' ? given.name : 'answer';
  return { type, json_schema: { name, schema: given.schema } };
}
