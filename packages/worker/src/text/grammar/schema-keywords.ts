/** A schema that no grammar can be made of. The message names keywords and nothing else of the schema. */
export class SchemaError extends Error {}

export type Schema = Readonly<Record<string, unknown>>;
export type Type = keyof typeof keywordsOf;

/** What each type may be told. Keywords that would be passed over in silence are refused instead. */
export const keywordsOf = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  null: [],
} as const satisfies Record<string, readonly string[]>;

/** These say nothing about what is valid. */
export const notes = [
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$schema',
  '$id',
  '$comment',
];
export const definitionKeys = ['$defs', 'definitions'];
const knownKeywords = [
  ...Object.values(keywordsOf).flat(),
  'type',
  'enum',
  'const',
  'anyOf',
  'oneOf',
  'allOf',
  '$ref',
  'not',
  'if',
  'then',
  'else',
  'uniqueItems',
  'multipleOf',
  'contains',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedProperties',
  'unevaluatedItems',
];

export function isOfType(value: unknown, type: Type): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isSchema(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

/** Without a type, the one that the other keywords are about: a text of that type is valid too. */
export function typesOf(schema: Schema, keys: readonly string[]): readonly Type[] {
  const all = Object.keys(keywordsOf) as Type[]; // the record's own keys
  const given = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (schema.type !== undefined) {
    const types = all.filter((type) => given.includes(type));
    if (types.length !== given.length) throw new SchemaError('type is none that JSON has');
    return types;
  }
  const meant = all.find((type) => keywordsOf[type].some((keyword) => keys.includes(keyword)));
  return meant === undefined ? all : [meant];
}

export function allow(keys: readonly string[], allowed: readonly string[]): void {
  const other = keys.find((key) => !allowed.includes(key));
  if (other === undefined) return;
  throw new SchemaError(
    knownKeywords.includes(other) ? `${other} can't be used, or not there` : 'a keyword is not known',
  );
}

export function countsOf(schema: Schema, least: string, most: string): { readonly from: number; readonly to: number } {
  const [from, to] = [schema[least] ?? 0, schema[most] ?? Number.POSITIVE_INFINITY];
  const isCount = (value: unknown): value is number =>
    typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY);
  if (!isCount(from) || !isCount(to) || from > to) throw new SchemaError(`${least} or ${most} is no count`);
  return { from, to };
}

export function listOf(value: unknown, keyword: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new SchemaError(`${keyword} is no list`);
  return value;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
