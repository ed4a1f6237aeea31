import fc from 'fast-check';

export type Schema = Readonly<Record<string, unknown>>;

export interface SchemaOptions {
  readonly seed: number;
  readonly count: number;
  /** Also with `anyOf`, `$ref` and bounds of numbers (the claim `json_schema_wide`). */
  readonly isWide: boolean;
}

/**
 * Different schemas of objects whose texts all have an end, and a near one: the longest takes some 250 tokens where a token is a byte. The same
 * seed gives the same schemas.
 */
export function boundedSchemas({ seed, count, isWide }: SchemaOptions): readonly Schema[] {
  const found = new Map<string, Schema>();
  for (const schema of fc.sample(object(isWide), { seed, numRuns: count * 4 })) {
    if (found.size === count) break;
    found.set(JSON.stringify(schema), schema);
  }
  if (found.size < count) throw new Error(`Of ${count} different schemas there are ${found.size}.`);
  return [...found.values()].map((schema, index) => (isWide && index % 5 === 0 ? byName(schema) : schema));
}

/** The same schema as tools write it that make schemas of types: what its members are like is defined beside it. */
function byName({ properties, ...schema }: Schema): Schema {
  const members = Object.entries(properties as Schema); // every schema is an object's
  return {
    ...schema,
    properties: Object.fromEntries(members.map(([name], index) => [name, { $ref: `#/$defs/Member_${index}` }])),
    $defs: Object.fromEntries(members.map(([, member], index) => [`Member_${index}`, member])),
  };
}

const words = ['sea', 'el mar', 'naïve', '海', '🌊 wave', 'a "shore"', 'C:\\', 'two\nlines', 'Ω', 'مد', ''];
const names = ['place', 'deep', 'n', 'größe', '海岸', 'is it', 'a"b'];

const range = (least: number, most: number) =>
  fc
    .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
    .map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));

const values = fc.uniqueArray(fc.constantFrom<string | number | boolean | null>(...words, 0, -7, 12.5, true, null), {
  minLength: 1,
  maxLength: 4,
});

const narrowLeaf: fc.Arbitrary<Schema> = fc.oneof(
  values.map((allowed) => ({ enum: allowed })),
  fc.constantFrom(...words).map((text) => ({ const: text })),
  range(0, 6).map(([minLength, maxLength]) => ({ type: 'string', minLength, maxLength })),
  fc.integer({ min: 0, max: 8 }).map((maxLength) => ({ type: 'string', maxLength })),
  fc.constantFrom<Schema>({ type: 'boolean' }, { type: 'null' }, { type: 'integer' }, { type: 'number' }),
);

const boundedNumber: fc.Arbitrary<Schema> = fc.oneof(
  range(-1200, 1200).map(([minimum, maximum]) => ({ type: 'integer', minimum, maximum })),
  range(-300, 300).map(([low, high]) => ({ type: 'number', minimum: low / 4, maximum: high / 4 })),
  range(-40, 40).map(([low, high]) => ({
    type: 'number',
    exclusiveMinimum: low / 10,
    exclusiveMaximum: high / 10 + 1,
  })),
);

const leaf = (isWide: boolean): fc.Arbitrary<Schema> => {
  if (!isWide) return narrowLeaf;
  const plain = fc.oneof(narrowLeaf, boundedNumber);
  return fc.oneof(
    plain,
    plain,
    fc.tuple(plain, plain).map((anyOf) => ({ anyOf })),
  );
};

const list = (items: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> =>
  fc
    .tuple(items, range(0, 3))
    .map(([each, [minItems, maxItems]]) => ({ type: 'array', items: each, minItems, maxItems }));

/** Of some members, each of which may be left out or not. */
const objectOf = (member: fc.Arbitrary<Schema>, maxLength: number): fc.Arbitrary<Schema> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...names), member, fc.boolean()), {
      minLength: 1,
      maxLength,
      selector: ([name]) => name,
    })
    .map((members) => ({
      type: 'object',
      properties: Object.fromEntries(members.map(([name, schema]) => [name, schema])),
      required: members.flatMap(([name, , isRequired]) => (isRequired ? [name] : [])),
      additionalProperties: false,
    }));

function object(isWide: boolean): fc.Arbitrary<Schema> {
  const small = leaf(isWide);
  return objectOf(fc.oneof(small, small, list(small), objectOf(fc.oneof(small, list(small)), 2)), 3);
}
