import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { boundedSchemas } from './bounded-schemas.ts';

const wide = boundedSchemas({ seed: 1, count: 200, isWide: true });
const narrow = boundedSchemas({ seed: 1, count: 200, isWide: false });
const keywordsIn = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [key, ...keywordsIn(inner)])
    : [];

test('a seed gives as many schemas as asked for, no two alike, and the same ones again', () => {
  expect(new Set(wide.map((schema) => JSON.stringify(schema))).size).toBe(200);
  expect(boundedSchemas({ seed: 1, count: 200, isWide: true })).toEqual(wide);
  expect(boundedSchemas({ seed: 1, count: 10, isWide: true })).toEqual(wide.slice(0, 10));
  expect(boundedSchemas({ seed: 2, count: 200, isWide: true })).not.toEqual(wide);
});

test('they hold what answers are held to: enums, lengths, counts, members that may be left out, numbers with bounds, choices', () => {
  const found = new Set(keywordsIn(wide));
  for (const keyword of ['enum', 'const', 'maxLength', 'maxItems', 'minimum', 'exclusiveMaximum', 'anyOf', '$ref'])
    expect(found).toContain(keyword);
  const leavesOut = ({ properties, required }: Record<string, unknown>) =>
    Object.keys(properties as object).length > (required as readonly string[]).length; // every schema is an object's
  expect(wide.filter(leavesOut).length).toBeGreaterThan(20);
});

test('without the wide claim there are no choices and no bounds of numbers', () => {
  const found = new Set(keywordsIn(narrow));
  for (const keyword of ['anyOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'])
    expect(found).not.toContain(keyword);
});

test('the validator takes each of them in its strictest mode', () => {
  const validator = new Ajv2020({ strict: true });
  for (const schema of [...wide.slice(0, 40), ...narrow.slice(0, 10)])
    expect(() => validator.compile(schema)).not.toThrow();
});
