import { isOrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { readGrammar } from './grammar-request.ts';

const format = (schema: unknown) => ({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } });

test('text and nothing need no grammar, any JSON and a schema do', () => {
  expect(readGrammar({})).toBeUndefined();
  expect(readGrammar({ response_format: null })).toBeUndefined();
  expect(readGrammar({ response_format: { type: 'text' } })).toBeUndefined();
  expect(readGrammar({ response_format: { type: 'json_object' } })).toEqual({ type: 'json' });
  const schema = { type: 'string' };
  expect(readGrammar(format(schema))).toEqual({ type: 'json-schema', schema });
});

test.each([
  {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: ['string', 'null'] } },
    required: ['a'],
    additionalProperties: false,
  },
  { type: 'array', items: { enum: ['x', 1, null] }, minItems: 1, maxItems: 3 },
  { type: 'string', minLength: 1, maxLength: 5, description: 'd', title: 't' },
  { oneOf: [{ const: 1 }, { type: 'boolean' }] },
  { type: 'object', additionalProperties: { type: 'number' } },
  { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' } },
])('a schema that can be kept to the letter is taken (%#)', (schema) => {
  expect(readGrammar(format(schema))).toMatchObject({ type: 'json-schema' });
});

const at = 'response_format.json_schema.schema';
test.each([
  [{ type: 'string', pattern: 'a' }, `${at}.pattern`],
  [{ type: 'string', format: 'email' }, `${at}.format`],
  [{ type: 'number', minimum: 1 }, `${at}.minimum`],
  [
    { type: 'object', properties: { a: { type: 'array', items: { type: 'string', pattern: 'x' } } } },
    `${at}.properties.a.items.pattern`,
  ],
  [{ oneOf: [{ type: 'string' }, { type: 'number', multipleOf: 2 }] }, `${at}.oneOf[1].multipleOf`],
  [{ type: 'array', uniqueItems: true }, `${at}.uniqueItems`],
  [{ allOf: [] }, `${at}.type`],
  [{ $ref: '#/x' }, `${at}.type`],
  [{ type: 'date' }, `${at}.type`],
  [{ type: 'object', required: ['a'], properties: {} }, `${at}.required`],
  [{ type: 'object', additionalProperties: { type: 'string', pattern: 'x' } }, `${at}.additionalProperties.pattern`],
  [{}, `${at}.type`],
])('a schema that could be kept in part only is refused, naming the keyword: %j', (schema, param) => {
  expect(refused(schema)).toMatchObject({ code: 'capability.unsupported', param });
});

test.each([
  [{ type: 'string', minLength: 'x' }, `${at}.minLength`],
  [{ type: 'string', minLength: -5 }, `${at}.minLength`],
  [{ type: 'string', maxLength: 1.5 }, `${at}.maxLength`],
  [{ type: 'string', maxLength: null }, `${at}.maxLength`],
  [{ type: 'string', minLength: 3, maxLength: 2 }, `${at}.minLength`],
  [{ type: 'array', items: { type: 'string' }, minItems: 3, maxItems: 2 }, `${at}.minItems`],
  [{ type: 'array', items: { type: 'string' }, maxItems: [3] }, `${at}.maxItems`],
  [{ enum: [] }, `${at}.enum`],
  [{ enum: 'x' }, `${at}.enum`],
  [{ oneOf: [] }, `${at}.oneOf`],
  [{ oneOf: { type: 'string' } }, `${at}.oneOf`],
  [{ oneOf: ['string'] }, `${at}.oneOf[0]`],
  [{ type: 'array', prefixItems: [] }, `${at}.prefixItems`],
  [{ type: 'array', items: null }, `${at}.items`],
  [{ type: 'object', properties: null }, `${at}.properties`],
  [{ type: 'object', properties: { a: null } }, `${at}.properties.a`],
  [{ type: 'object', required: 'a', properties: { a: { type: 'null' } } }, `${at}.required`],
  [{ type: 'object', required: [1], properties: { 1: { type: 'null' } } }, `${at}.required`],
  [{ type: 'object', additionalProperties: 'yes' }, `${at}.additionalProperties`],
])('a keyword with a value that JSON schema does not know is refused, naming it: %j', (schema, param) => {
  expect(refused(schema)).toMatchObject({ code: 'protocol.bad-request', param });
});

test.each([
  [{ const: {} }, `${at}.const`],
  [{ const: [1] }, `${at}.const`],
  [{ enum: [{}] }, `${at}.enum`],
  [{ enum: ['a', ['b']] }, `${at}.enum`],
  [{ type: 'array', items: { type: 'string' }, minItems: 1e7 }, `${at}.minItems`],
  [{ type: 'string', maxLength: 2_001 }, `${at}.maxLength`],
])('a value that the native code has no grammar for is refused, naming its keyword: %j', (schema, param) => {
  expect(refused(schema)).toMatchObject({ code: 'capability.unsupported', param });
});

test('bounds that are equal, zero, or as high as can be are taken', () => {
  for (const counts of [
    { minLength: 0, maxLength: 0 },
    { minLength: 7, maxLength: 7 },
    { minLength: 2_000 },
    { maxLength: 2_000 },
  ])
    expect(readGrammar(format({ type: 'string', ...counts }))).toBeDefined();
});

test.each([[undefined], ['string'], [[]], [null]])('%j is no schema', (schema) => {
  expect(refused(schema)).toMatchObject({ code: 'protocol.bad-request', param: at });
});

test('a schema that is nested without end is refused, not followed', () => {
  let schema: object = { type: 'string' };
  for (let depth = 0; depth < 40; depth++) schema = { type: 'array', items: schema };
  expect(refused(schema)).toMatchObject({ code: 'capability.unsupported' });
});

function refused(schema: unknown) {
  try {
    readGrammar(format(schema));
  } catch (error) {
    if (isOrillaError(error)) return error;
    throw error;
  }
  return undefined;
}
