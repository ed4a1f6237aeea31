import { ebnfLiteral } from './ebnf-literal.ts';
import { jsonRules } from './json-rules.ts';
import { decimalEbnf, integerEbnf, largestNumber } from './number-ebnf.ts';
import { type EitherEbnf, PatternError, patternEbnf } from './pattern-ebnf.ts';
import {
  allow,
  countsOf,
  definitionKeys,
  isOfType,
  isSchema,
  keywordsOf,
  listOf,
  notes,
  type Schema,
  SchemaError,
  type Type,
  typesOf,
} from './schema-keywords.ts';
import { textFormats } from './text-formats.ts';

/** A list that may be longer gets at most this many items: each takes a state of its own. */
const mostItems = 100;
const mostRules = 5000;
const mostDepth = 100;

/**
 * A JSON schema as a grammar in XGrammar's EBNF (https://xgrammar.mlc.ai/docs), whose every text is valid by the schema. Some valid texts
 * are not in it: properties come in the schema's order, an object with `properties` has no others, a pattern matches the whole text, and
 * between values stands what Python's `json.dumps` writes. XGrammar's own way from schemas is not used: it lets invalid texts through
 * (bounds of numbers, patterns, tabs in texts), and for others it takes the process down.
 * @throws SchemaError
 */
export function schemaEbnf(schema: unknown, options: SchemaOptions): SchemaGrammar {
  const { rules, longestText } = schemaRules(schema, 'root', options);
  return { ebnf: ebnfOf([...rules, ...Object.entries(jsonRules)]), longestText };
}

/** The rules of a grammar, by their names. It begins with `root`. */
export const ebnfOf = (rules: Iterable<readonly [string, string]>): string =>
  [...rules].map(([name, body]) => `${name} ::= ${body}`).join('\n');

export interface SchemaOptions {
  /** Characters up to which the grammar itself counts a text. */
  readonly mostCounted: number;
}

export interface SchemaGrammar {
  readonly ebnf: string;
  /** Characters that no text may be longer than, wherever it could end; the grammar leaves that to whoever counts them. */
  readonly longestText: number;
}

export interface NamedRules extends Pick<SchemaGrammar, 'longestText'> {
  readonly rules: ReadonlyMap<string, string>;
}

/**
 * The rules of a schema as a part of a larger grammar, beside those for JSON of any shape: `name` is that of the whole schema, which the names
 * of the others begin with.
 * @throws SchemaError
 */
export function schemaRules(schema: unknown, name: string, options: SchemaOptions): NamedRules {
  return new SchemaRules(schema, name, options).made();
}

class SchemaRules {
  readonly #root: unknown;
  readonly #name: string;
  readonly #mostCounted: number;
  readonly #rules = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #refs = new Map<string, string>();
  #longestText = Number.POSITIVE_INFINITY;
  /** Rules that are being made, with nothing written in them yet: one that led back to them would have no beginning. */
  #begun: ReadonlySet<string>;
  #depth = 0;

  constructor(root: unknown, name: string, { mostCounted }: SchemaOptions) {
    this.#root = root;
    this.#name = name;
    this.#mostCounted = mostCounted;
    this.#begun = new Set([name]);
  }

  made(): NamedRules {
    this.#refs.set('#', this.#name);
    this.#rules.set(this.#name, this.#valueOf(this.#root));
    return { rules: this.#rules, longestText: this.#longestText };
  }

  /** A rule of its own, so that no body is written twice. */
  #rule(body: string): string {
    const made = /^[a-z][\w-]*$/.test(body) ? body : this.#names.get(body);
    if (made !== undefined) return made;
    const name = `${this.#name}-r${this.#rules.size}`;
    if (this.#rules.size >= mostRules) throw new SchemaError('it is too large');
    this.#rules.set(name, body);
    this.#names.set(body, name);
    return name;
  }

  /**
   * One of several. Where two begin alike and part ways later, XGrammar 0.1.27 lets texts through that are in neither of them, unless each is a
   * rule that it can't write out in the place of its name: one that names another.
   */
  #either(bodies: readonly string[]): string {
    if (bodies.length === 1) return bodies.join();
    return bodies.map((body) => (body === '""' ? body : this.#rule(`(${body}) j-end`))).join(' | ');
  }

  #value(schema: unknown): string {
    return this.#rule(this.#valueOf(schema));
  }

  #valueOf(schema: unknown): string {
    if (schema === true) return 'j-value';
    if (!isSchema(schema)) throw new SchemaError('a part of it allows nothing, or is no schema');
    this.#depth += 1;
    if (this.#depth > mostDepth) throw new SchemaError('it is too deep');
    const body = this.#schemaBody(schema);
    this.#depth -= 1;
    return body;
  }

  #schemaBody(schema: Schema): string {
    const keys = Object.keys(schema).filter((key) => !notes.includes(key) && !definitionKeys.includes(key));
    if (keys.length === 0) return 'j-value';
    const alone = ['$ref', 'anyOf', 'oneOf', 'allOf'].find((key) => keys.includes(key));
    if (alone !== undefined) {
      allow(keys, [alone]);
      return alone === '$ref' ? this.#ref(schema.$ref) : this.#choices(schema[alone], alone);
    }
    const types = typesOf(schema, keys);
    if ('const' in schema || 'enum' in schema) {
      allow(keys, ['type', 'const', 'enum']);
      return this.#either(literals(schema, types));
    }
    allow(keys, ['type', ...types.flatMap((type): readonly string[] => keywordsOf[type])]);
    return this.#either(types.map((type) => this.#typed(type, schema)));
  }

  #choices(value: unknown, keyword: string): string {
    const list = listOf(value, keyword);
    if (list.length === 0 || (keyword === 'allOf' && list.length > 1))
      throw new SchemaError(`of ${keyword} it has ${list.length}`);
    return this.#either(list.map((choice) => this.#value(choice)));
  }

  #ref(ref: unknown): string {
    const [, key, name] = typeof ref === 'string' ? (/^#(?:\/(\$defs|definitions)\/([^/~%]+))?$/.exec(ref) ?? []) : [];
    const path = String(ref);
    const known = this.#refs.get(path);
    if (known !== undefined && this.#begun.has(known)) throw new SchemaError('a $ref leads back to itself');
    if (known !== undefined) return known;
    const definitions = isSchema(this.#root) && key !== undefined ? this.#root[key] : null;
    if (name === undefined || !isSchema(definitions) || !Object.hasOwn(definitions, name))
      throw new SchemaError('a $ref leads nowhere');
    const rule = `${this.#name}-d${this.#refs.size}`;
    this.#refs.set(path, rule);
    const definition = this.#within(new Set([...this.#begun, rule]), () => this.#valueOf(definitions[name]));
    this.#rules.set(rule, definition);
    return rule;
  }

  #within(begun: ReadonlySet<string>, body: () => string): string {
    const before = this.#begun;
    this.#begun = begun;
    const made = body();
    this.#begun = before;
    return made;
  }

  #typed(type: Type, schema: Schema): string {
    switch (type) {
      case 'object':
        return this.#within(new Set(), () => this.#object(schema));
      case 'array':
        return this.#within(new Set(), () => this.#array(schema));
      case 'string':
        return `"\\"" ${this.#text(schema)} "\\""`;
      case 'integer':
      case 'number':
        return number(type, schema);
      case 'boolean':
        return '"true" | "false"';
      case 'null':
        return '"null"';
    }
  }

  #text(schema: Schema): string {
    const { pattern, format } = schema;
    const { from, to } = countsOf(schema, 'minLength', 'maxLength');
    const isBounded = 'minLength' in schema || 'maxLength' in schema;
    if (pattern !== undefined) {
      if (isBounded || typeof pattern !== 'string') throw new SchemaError('pattern is beside a length, or is no text');
      return `(${patternOf(pattern, (choices) => this.#either(choices))})`;
    }
    if (isBounded) return this.#counted(from, to);
    const known = typeof format === 'string' && Object.hasOwn(textFormats, format) ? textFormats[format] : undefined;
    return known === undefined ? '(j-char | j-unicode)*' : `(${known})`;
  }

  #counted(from: number, to: number): string {
    if (from > this.#mostCounted) throw new SchemaError('minLength is too large');
    if (to <= this.#mostCounted) return repeated('j-char', from, to);
    this.#longestText = Math.min(this.#longestText, to);
    return repeated('j-char', from, Number.POSITIVE_INFINITY);
  }

  #array(schema: Schema): string {
    const { from, to } = countsOf(schema, 'minItems', 'maxItems');
    const first = schema.prefixItems === undefined ? [] : listOf(schema.prefixItems, 'prefixItems');
    if (first.length > 0) {
      if (('items' in schema && schema.items !== false) || from > first.length || to < first.length)
        throw new SchemaError('beside prefixItems are items or counts');
      return `"[" ${first.map((item) => this.#value(item)).join(' ", " ')} "]"`;
    }
    if (to === 0) return '"[]"';
    if (from > mostItems) throw new SchemaError('minItems is too large');
    const item = this.#value(schema.items ?? true);
    const some = `${item} ${repeated(`(", " ${item})`, Math.max(from - 1, 0), Number.isFinite(to) ? Math.min(to, mostItems) - 1 : to)}`;
    return from === 0 ? `"[" (${some})? "]"` : `"[" ${some} "]"`;
  }

  #object(schema: Schema): string {
    const required = schema.required === undefined ? [] : listOf(schema.required, 'required').map(String);
    const named = schema.properties === undefined ? {} : schema.properties;
    if (!isSchema(named)) throw new SchemaError('properties is none');
    const others = schema.additionalProperties ?? true;
    const properties = new Map(Object.entries(named));
    for (const name of required) {
      if (properties.has(name)) continue;
      if (others === false) throw new SchemaError('required names what additionalProperties forbids');
      properties.set(name, others);
    }
    if (properties.size > 0) return this.#members([...properties], new Set(required));
    if (others === false) return '"{}"';
    const member = `j-string ": " ${this.#value(others)}`;
    return `"{" (${member} (", " ${member})*)? "}"`;
  }

  /** Members in order, any of the optional ones left out: from the last to the first, what may stand behind one, and what may be the first. */
  #members(properties: readonly (readonly [string, unknown])[], required: ReadonlySet<string>): string {
    let behind = '';
    let first: string | null = '""';
    for (const [name, schema] of properties.toReversed()) {
      const member = `${ebnfLiteral(`${JSON.stringify(name)}: `)} ${this.#value(schema)}`;
      const isRequired = required.has(name);
      const here = `${member} ${behind}`.trimEnd();
      first = this.#rule(isRequired || first === null ? here : this.#either([here, first]));
      const next = `", " ${member} ${behind}`.trimEnd();
      behind = this.#rule(isRequired ? next : this.#either([next, behind === '' ? '""' : behind]));
    }
    return `"{" ${first} "}"`;
  }
}

function number(type: 'integer' | 'number', schema: Schema): string {
  if (keywordsOf[type].every((key) => schema[key] === undefined)) return type === 'integer' ? 'j-integer' : 'j-number';
  const bound = (key: string, otherwise: number) => {
    const value = schema[key] ?? otherwise;
    if (typeof value !== 'number' || Number.isNaN(value)) throw new SchemaError(`${key} is no number`);
    return value;
  };
  const whole = { least: bound('minimum', -largestNumber), most: bound('maximum', largestNumber) };
  const above = bound('exclusiveMinimum', Number.NEGATIVE_INFINITY);
  const below = bound('exclusiveMaximum', Number.POSITIVE_INFINITY);
  const ebnf = (type === 'integer' ? integerEbnf : decimalEbnf)({ ...whole, above, below });
  if (ebnf === null) throw new SchemaError('no number is within its bounds');
  return ebnf;
}

function patternOf(pattern: string, either: EitherEbnf): string {
  try {
    return patternEbnf(pattern, either);
  } catch (error) {
    if (error instanceof PatternError) throw new SchemaError(`of a pattern, ${error.message}`);
    throw error;
  }
}

function literals(schema: Schema, types: readonly Type[]): readonly string[] {
  const values = 'const' in schema ? [schema.const] : listOf(schema.enum, 'enum');
  const fitting = values.filter((value) => !('type' in schema) || types.some((type) => isOfType(value, type)));
  if (fitting.length === 0) throw new SchemaError('enum or const allows no value');
  return fitting.map((value) => ebnfLiteral(JSON.stringify(value)));
}

/** XGrammar takes `{0,0}` for something that can never be. */
function repeated(item: string, from: number, to: number): string {
  if (to === 0) return '""';
  if (to === Number.POSITIVE_INFINITY) return from === 0 ? `${item}*` : `${item}{${from},}`;
  return `${item}{${from},${to}}`;
}
