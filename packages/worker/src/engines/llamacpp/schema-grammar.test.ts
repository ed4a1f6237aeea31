import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundedSchema } from '../../text/grammar/schemas.double.ts';
import { schemaGrammar } from './schema-grammar.ts';

const form = { type: 'json_schema' } as const;

test('rules have names of letters, digits and hyphens, which is all that llama.cpp reads in one', () => {
  fc.assert(
    fc.property(boundedSchema, boundedSchema, (schema, other) => {
      const $defs = { 'of some_name': schema, other };
      const [first, second] = [{ $ref: '#/$defs/of some_name' }, { $ref: '#/$defs/other' }];
      const named = { type: 'object', properties: { first, second, again: first }, $defs };
      const names = schemaGrammar(named, form)
        .split('\n')
        .map((line) => line.slice(0, line.indexOf(' ::= ')));
      expect(names).toContain('root');
      for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    }),
    { numRuns: 50, seed: 1 },
  );
});

test('the bounds of a number are in it', () => {
  const between = (minimum: number, maximum: number) => schemaGrammar({ type: 'number', minimum, maximum }, form);
  expect(between(0.5, 2.25)).not.toBe(between(0.5, 2.5));
});

test('a long text is counted by llama.cpp itself, up to what it takes', () => {
  const upTo = (maxLength: number) => schemaGrammar({ type: 'string', maxLength }, form);
  expect(upTo(2_000)).toContain('{0,2000}');
  expect(() => upTo(2_001)).toThrow(/maxLength is too large/);
});

test.each([
  [form, 'response_format'],
  [{ type: 'call' } as const, 'tools'],
])('what it can hold no answer to is a bad request that names the field: %j', (given, param) => {
  expect(() => schemaGrammar({ type: 'array', uniqueItems: true }, given)).toThrow(
    expect.objectContaining({ code: 'protocol.bad-request', param }),
  );
});
