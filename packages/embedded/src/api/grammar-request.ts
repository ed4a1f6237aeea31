import { badField, type Fields, isFields, optional, unsupported } from './fields.ts';

/** What an answer must conform to. */
export type GrammarRequest = { readonly type: 'json' } | { readonly type: 'json-schema'; readonly schema: Fields };

/** Reads `response_format`. A schema that could only be kept in part is refused. @throws OrillaError naming the field */
export function readGrammar(fields: Fields): GrammarRequest | undefined {
  const format = optional(fields, 'response_format');
  if (format === undefined) return undefined;
  if (!isFields(format)) throw badField('response_format', 'must be an object with a type');
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const at = 'response_format.json_schema.schema';
      const schema = isFields(format.json_schema) ? format.json_schema.schema : undefined;
      checkSchema(schema, at, 0);
      return isFields(schema) ? { type: 'json-schema', schema } : undefined;
    }
    default:
      throw badField('response_format.type', 'must be one of text, json_object, json_schema');
  }
}

/** Keywords that tell a reader something and constrain nothing. */
const notes = ['$schema', '$id', 'title', 'description', 'default', 'examples', 'strict'];
/** Keywords that the grammar keeps to the letter, by the type they belong to. */
const kept: Readonly<Record<string, readonly string[]>> = {
  object: ['type', 'properties', 'required', 'additionalProperties', ...notes],
  array: ['type', 'items', 'prefixItems', 'minItems', 'maxItems', ...notes],
  string: ['type', 'minLength', 'maxLength', ...notes],
  plain: ['type', ...notes],
  const: ['const', 'type', ...notes],
  enum: ['enum', 'type', ...notes],
  oneOf: ['oneOf', ...notes],
};
const plainTypes = ['string', 'number', 'integer', 'boolean', 'null'];
const maxDepth = 16;

function checkSchema(schema: unknown, at: string, depth: number): void {
  if (!isFields(schema)) throw badField(at, 'must be a JSON schema, an object');
  if (depth > maxDepth)
    throw unsupported(
      at,
      `is nested deeper than ${maxDepth} levels, which the embedded upstream cannot hold an answer to`,
    );
  const form = formOf(schema, at);
  for (const keyword of Object.keys(schema)) {
    if (!kept[form]?.includes(keyword))
      throw unsupported(`${at}.${keyword}`, 'is a keyword that the embedded upstream cannot hold an answer to');
  }
  checkCounts(schema, at);
  checkValues(schema, at);
  if (form === 'object') checkObject(schema, at, depth);
  if ('items' in schema) checkSchema(schema.items, `${at}.items`, depth + 1);
  for (const list of ['oneOf', 'prefixItems'] as const) {
    if (!(list in schema)) continue;
    for (const [index, item] of listOf(schema, list, at).entries())
      checkSchema(item, `${at}.${list}[${index}]`, depth + 1);
  }
}

function formOf(schema: Fields, at: string): string {
  for (const form of ['const', 'enum', 'oneOf']) if (form in schema) return form;
  const { type } = schema;
  if (type === 'object' || type === 'array' || type === 'string') return type;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (types.length > 0 && types.every((name) => plainTypes.some((plain) => plain === name))) return 'plain';
  throw unsupported(`${at}.type`, 'is missing or not one that the embedded upstream can hold an answer to');
}

/** The grammar writes every property, in order, so `required` can only name properties. */
function checkObject(schema: Fields, at: string, depth: number): void {
  const { properties = {} } = schema;
  if (!isFields(properties)) throw badField(`${at}.properties`, 'must be an object');
  for (const [key, property] of Object.entries(properties)) checkSchema(property, `${at}.properties.${key}`, depth + 1);
  const { additionalProperties = false } = schema;
  if (typeof additionalProperties !== 'boolean')
    checkSchema(additionalProperties, `${at}.additionalProperties`, depth + 1);
  const { required = [] } = schema;
  if (!Array.isArray(required) || required.some((key) => typeof key !== 'string'))
    throw badField(`${at}.required`, 'must be a list of texts');
  if (required.some((key) => !Object.hasOwn(properties, key)))
    throw unsupported(
      `${at}.required`,
      'names a property that is not described, which the embedded upstream cannot write',
    );
}

/** More cannot be made a grammar: the native code takes no more repetitions. */
const maxCount = 2_000;

function checkCounts(schema: Fields, at: string): void {
  for (const [least, most] of [
    ['minItems', 'maxItems'],
    ['minLength', 'maxLength'],
  ] as const) {
    const from = count(schema, least, at) ?? 0;
    if (from > (count(schema, most, at) ?? maxCount)) throw badField(`${at}.${least}`, `must not be above ${most}`);
  }
}

function count(schema: Fields, keyword: string, at: string): number | undefined {
  if (!(keyword in schema)) return undefined;
  const value = schema[keyword];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw badField(`${at}.${keyword}`, 'must be a whole number of 0 or more');
  if (value > maxCount)
    throw unsupported(`${at}.${keyword}`, `is above ${maxCount}, to which the embedded upstream cannot hold an answer`);
  return value;
}

function checkValues(schema: Fields, at: string): void {
  const what = 'can only be text, a number, true, false or null for the embedded upstream';
  if ('const' in schema && !isScalar(schema.const)) throw unsupported(`${at}.const`, what);
  if ('enum' in schema && !listOf(schema, 'enum', at).every(isScalar)) throw unsupported(`${at}.enum`, what);
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function listOf(schema: Fields, keyword: string, at: string): readonly unknown[] {
  const list = schema[keyword];
  if (!Array.isArray(list) || list.length === 0) throw badField(`${at}.${keyword}`, 'must be a list that is not empty');
  return list;
}
