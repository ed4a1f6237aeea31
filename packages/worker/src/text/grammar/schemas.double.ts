import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

/** Whether a value is valid by a schema: the few keywords that the schemas below have, each read as the specification has it. */
export function isValid(value: unknown, schema: unknown): boolean {
  if (schema === true) return true;
  const s = schema as Schema; // made below
  if ('const' in s) return sameJson(value, s.const);
  if (Array.isArray(s.enum)) return s.enum.some((item) => sameJson(item, value));
  if (Array.isArray(s.anyOf)) return s.anyOf.some((choice) => isValid(value, choice));
  if (Array.isArray(s.type)) return s.type.some((type) => isValid(value, { ...s, type }));
  const within = (size: number, least: string, most: string) =>
    size >= Number(s[least] ?? Number.NEGATIVE_INFINITY) && size <= Number(s[most] ?? Number.POSITIVE_INFINITY);
  switch (s.type) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      if (typeof value !== 'string' || !within([...value].length, 'minLength', 'maxLength')) return false;
      return s.pattern === undefined || new RegExp(String(s.pattern), 'u').test(value);
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || (s.type === 'integer' && !Number.isInteger(value))) return false;
      if (value <= Number(s.exclusiveMinimum ?? -Infinity) || value >= Number(s.exclusiveMaximum ?? Infinity))
        return false;
      return within(value, 'minimum', 'maximum');
    }
    case 'array': {
      if (!Array.isArray(value) || !within(value.length, 'minItems', 'maxItems')) return false;
      const first = (s.prefixItems ?? []) as readonly unknown[]; // made below
      if (first.length > 0)
        return value.length <= first.length && value.every((item, index) => isValid(item, first[index]));
      return value.every((item) => isValid(item, s.items ?? true));
    }
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      const properties = (s.properties ?? {}) as Schema; // made below
      const required = (s.required ?? []) as readonly string[]; // made below
      return (
        required.every((name) => Object.hasOwn(value, name)) &&
        Object.entries(value).every(([name, item]) =>
          Object.hasOwn(properties, name) ? isValid(item, properties[name]) : s.additionalProperties !== false,
        )
      );
    }
    default:
      return false;
  }
}

const sameJson = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const text = fc.string({ unit: 'grapheme', maxLength: 6 });
const name = fc.oneof(fc.constantFrom('name', 'age', 'a b', 'é', 'x"y', 'a\\b', '漢'), text);
const range = (least: number, most: number) =>
  fc
    .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
    .map(([a, b]) => (a < b ? [a, b] : [b, a]));
const decimal = fc.integer({ min: -3000, max: 3000 }).map((value) => value / 100);

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc
    .array(fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)), { minLength: 1, maxLength: 4 })
    .map((values) => ({ enum: values })),
  fc.oneof(text, fc.jsonValue({ maxDepth: 1 })).map((value) => ({ const: JSON.parse(JSON.stringify(value)) })),
  range(0, 8).map(([minLength, maxLength]) => ({ type: 'string', minLength, maxLength })),
  fc.integer({ min: 0, max: 12 }).map((maxLength) => ({ type: ['string', 'null'], maxLength })),
  range(-1500, 1500).map(([minimum, maximum]) => ({ type: 'integer', minimum, maximum })),
  range(-99, 99).map(([low = 0, high = 0]) => ({
    type: 'integer',
    exclusiveMinimum: low - 1,
    exclusiveMaximum: high + 1,
  })),
  fc.tuple(decimal, decimal).map(([a, b]) => ({ type: 'number', minimum: Math.min(a, b), maximum: Math.max(a, b) })),
  fc
    .constantFrom(
      '^a|b{2,3}$',
      '[a-z]{1,4}',
      '^\\d{3}-[^x-z]$',
      '(?:ab|c.)?',
      '^[^,]{1,3}"$',
      '[а-яё1-3]{2}',
      '\\w+?@\\.',
    )
    .map((pattern) => ({ type: 'string', pattern })),
  fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: 'number', minimum: 0, exclusiveMaximum: 1 }),
);

/** Schemas whose texts have an end. */
export const boundedSchema: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc
      .tuple(tie('schema'), range(0, 3))
      .map(([items, [minItems, maxItems]]) => ({ type: 'array', items, minItems, maxItems })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((prefixItems) => ({ type: 'array', prefixItems })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc
      .uniqueArray(fc.tuple(name, tie('schema'), fc.boolean()), {
        maxLength: 4,
        minLength: 1,
        selector: ([key]) => key,
      })
      .filter((members) => members.every(([key]) => key !== '__proto__'))
      .map((members) => ({
        type: 'object',
        properties: Object.fromEntries(members.map(([key, schema]) => [key, schema])),
        required: members.flatMap(([key, , isRequired]) => (isRequired ? [key] : [])),
        additionalProperties: false,
      })),
  ),
})).schema;
