import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowedIds, answerVocabulary, endId, randomAnswer, spell, stops } from './answers.double.ts';
import { createMaskCompiler } from './compile-token-mask.ts';
import { randomOf } from './random.double.ts';
import { boundedSchema, isValid } from './schemas.double.ts';
import type { TokenMask } from './token-mask.ts';
import { xgrammarInNode } from './xgrammar.double.ts';

const loading = xgrammarInNode();
const compile = createMaskCompiler({ load: () => loading });

async function maskOf(schema: unknown): Promise<TokenMask> {
  // What comes from outside is not checked against the types.
  const format = { type: 'json_schema', json_schema: { name: 'answer', schema } } as never;
  const mask = await compile(format, answerVocabulary, stops);
  if (!mask) throw new Error('A schema makes a mask.');
  return mask;
}

async function accepts(schema: unknown, value: unknown): Promise<boolean> {
  const json = typeof value === 'string' ? value : JSON.stringify(value);
  const mask = await maskOf(schema);
  const { accepted, canEnd } = spell(mask, json);
  mask.free();
  return accepted === json && canEnd;
}

test('of 250 bounded schemas every answer ends, and is valid', async () => {
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(boundedSchema, fc.nat(), async (schema, seed) => {
      const mask = await maskOf(schema);
      const answer = randomAnswer(mask, randomOf(seed));
      mask.free();
      if (answer === null) return;
      ended += 1;
      expect(isValid(JSON.parse(answer), schema), answer).toBe(true);
    }),
    { numRuns: 250, seed: 7 },
  );
  expect(ended).toBeGreaterThanOrEqual(245);
});

test('what may be any text needs no mask', async () => {
  expect(await compile({ type: 'text' }, answerVocabulary, stops)).toBeNull();
});

test('json_object is any object and nothing else', async () => {
  const objectMask = async () => {
    const mask = await compile({ type: 'json_object' }, answerVocabulary, stops);
    if (!mask) throw new Error('It makes a mask.');
    return mask;
  };
  for (const json of ['{}', '{"a": [1, -2.5e3, "x\\n", null, true, {"é漢": []}]}', '{\n  "a": 1,\n  "b": {}\n}'])
    expect(spell(await objectMask(), json)).toEqual({ accepted: json, canEnd: true });
  for (const json of ['"x"', '1', 'Sure: {}', '[]']) expect(spell(await objectMask(), json).accepted).toBe('');
  expect(spell(await objectMask(), '{}x')).toMatchObject({ accepted: '{}' });
});

test.each([
  ['a minimum alone', { type: 'integer', minimum: 5 }, [5, 12, 100], [3, -7, 5.5]],
  ['a maximum alone', { type: 'integer', maximum: -5 }, [-5, -12], [-3, 4, 0]],
  ['an excluded bound', { type: 'number', minimum: 0, exclusiveMaximum: 2 }, [0, 1.99, 1], [2, 2.5, -1]],
  ['a share', { type: 'number', minimum: 0, maximum: 1 }, [0, 0.25, 1], [1.5, 2, -0.5]],
  ['bounds that are no whole numbers', { type: 'integer', minimum: 1.5, maximum: 3.5 }, [2, 3], [1, 4]],
  ['a pattern of choices', { type: 'string', pattern: 'ab|c' }, ['"ab"', '"c"'], ['"a"', '"bc"']],
  [
    'a name with marks',
    { type: 'object', properties: { 'a"\\b': { const: 1 } }, required: ['a"\\b'] },
    ['{"a\\"\\\\b": 1}'],
    ['{}'],
  ],
  ['a format', { type: 'string', format: 'date' }, ['"2024-02-28"'], ['"2024-13-01"', '"today"']],
  ['an unknown format', { type: 'string', format: 'colour' }, ['"red"'], ['5']],
  ['no type', { properties: { a: { const: 1 } } }, ['{"a": 1}', '{}'], ['[]']],
  ['nothing', {}, ['5', '{"a": [1]}'], ['oops']],
  [
    'other properties',
    { type: 'object', additionalProperties: { type: 'boolean' } },
    ['{"x": true, "y": false}'],
    ['{"x": 1}'],
  ],
  ['what is required and not described', { type: 'object', required: ['x'] }, ['{"x": 1}'], ['{}']],
  ['a choice', { oneOf: [{ type: 'null' }, { $ref: '#/$defs/n' }], $defs: { n: { enum: [7] } } }, ['null', '7'], ['8']],
])('a schema with %s allows what it says', async (_, schema, valid, invalid) => {
  for (const value of valid) expect(await accepts(schema, value), JSON.stringify(value)).toBe(true);
  for (const value of invalid) expect(await accepts(schema, value), JSON.stringify(value)).toBe(false);
});

test('a schema may refer to itself', async () => {
  const tree = { type: 'object', properties: { v: { type: 'boolean' }, next: { $ref: '#' } }, required: ['v'] };
  expect(await accepts(tree, '{"v": true, "next": {"v": false, "next": {"v": true}}}')).toBe(true);
  expect(await accepts(tree, '{"v": true, "next": {}}')).toBe(false);
});

test.each([
  [false],
  [{ type: 'mystery' }],
  [{ not: { type: 'string' } }],
  [{ type: 'integer', multipleOf: 3 }],
  [{ type: 'array', uniqueItems: true }],
  [{ type: 'string', secret: 1 }],
  [{ $ref: '#/nowhere/secret' }],
  [{ $ref: 'https://secret.example/schema' }],
  [{ type: 'array', minItems: 5, maxItems: 2 }],
  [{ type: 'integer', minimum: 5, maximum: 2 }],
  [{ type: 'string', pattern: '((' }],
  [{ type: 'string', pattern: '\\bsecret' }],
  [{ type: 'string', pattern: 'a(?=secret)' }],
  [{ type: 'string', pattern: '[ -~]' }],
  [{ enum: [] }],
  [{ type: 'string', enum: [1] }],
  [{ allOf: [{}, {}] }],
  [{ type: 'object', required: ['secret'], additionalProperties: false }],
  [{ properties: 'secret' }],
  [{ $ref: '#' }],
  [{ anyOf: [{ $ref: '#' }, { $ref: '#' }] }],
])('a schema that no grammar can be made of is refused, and not quoted: %j', async (schema) => {
  await expect(maskOf(schema)).rejects.toMatchObject({
    code: 'protocol.bad-request',
    param: 'response_format',
    message: expect.not.stringContaining('secret'),
  });
});

test('after refusals the next schema is compiled as ever', async () => {
  await expect(maskOf({ $ref: '#/x' })).rejects.toThrow();
  expect(await accepts({ const: 'a' }, '"a"')).toBe(true);
});

test('the answer is at its end where nothing but the end may come', async () => {
  const mask = await maskOf({ enum: ['a', 1, 12] });
  for (const byte of '12') {
    expect(mask.isTerminated).toBe(false);
    mask.accept(
      allowedIds(mask).find((id) => new TextDecoder().decode(answerVocabulary.tokenBytes(id)) === byte) ?? -1,
    );
  }
  expect(mask.isTerminated).toBe(true);
  expect(allowedIds(mask)).toEqual([endId]);
  mask.accept(endId);
  expect(mask.isTerminated).toBe(true);
  mask.free();
  mask.free();
});

test('a text that may be long ends at its length all the same, and one that is given goes on to its end', async () => {
  const given = 'g'.repeat(120);
  const long = { type: 'string', maxLength: 90 };
  const schema = {
    type: 'object',
    properties: { a: { const: given }, b: long, [given]: long },
    required: ['a', 'b', given],
  };
  const right = `{"a": "${given}", "b": "${'漢'.repeat(90)}", "${given}": "${'a'.repeat(89)}é"}`;
  expect(await accepts(schema, right)).toBe(true);
  expect(spell(await maskOf(long), `"${'a'.repeat(91)}"`).accepted).toHaveLength(91);
  expect(await accepts({ ...long, minLength: 3 }, '"abc"')).toBe(true);
  for (const seed of [1, 2, 3]) {
    const mask = await maskOf({
      type: 'array',
      items: { type: 'string', minLength: 64, maxLength: 66 },
      minItems: 1,
      maxItems: 1,
    });
    const answer = randomAnswer(mask, randomOf(seed));
    expect([...JSON.parse(answer ?? '[""]')[0]].length).toBeLessThanOrEqual(66);
  }
});

test('numbers of a range are in it, whatever the range, and no others are', async () => {
  const bound = fc.integer({ min: -1200, max: 1200 });
  await fc.assert(
    fc.asyncProperty(bound, bound, bound, fc.constantFrom(1, 10, 100), async (one, other, value, unit) => {
      const [minimum, maximum] = [Math.min(one, other) / unit, Math.max(one, other) / unit];
      const isIn = (number: number) => number >= minimum && number <= maximum;
      expect(await accepts({ type: 'number', minimum, maximum }, value / unit)).toBe(isIn(value / unit));
      if (unit === 1) expect(await accepts({ type: 'integer', minimum, maximum }, value)).toBe(isIn(value));
    }),
    {
      numRuns: 60,
      examples: [
        [-5, 5, 0, 1],
        [0, 0, 0, 1],
        [99, 100, 100, 100],
        [-100, -9, -10, 10],
      ],
    },
  );
});

test('of bounded numbers, wherever their choices part ways, no others are written', async () => {
  const bounds = { type: 'number', minimum: 1.01, maximum: 29 };
  for (const value of ['1005575847', '100', '1.001']) expect(await accepts(bounds, value)).toBe(false);
  for (const value of ['1.01', '1.1', '10', '28.99', '29.00']) expect(await accepts(bounds, value)).toBe(true);
  const bound = fc.integer({ min: -99_999, max: 99_999 });
  const range = fc.tuple(bound, bound, fc.constantFrom('integer', 'number'), fc.constantFrom(1, 10, 1000));
  for (const [one, other, type, unit] of fc.sample(range, { numRuns: 200, seed: 3 })) {
    const [minimum, maximum] = [Math.floor(Math.min(one, other) / unit), Math.max(one, other) / unit];
    for (const seed of [1, 2]) {
      const mask = await maskOf({ type, minimum, maximum });
      const answer = randomAnswer(mask, randomOf(seed * one));
      mask.free();
      expect(answer).not.toBeNull();
      expect(isValid(JSON.parse(answer ?? ''), { type, minimum, maximum }), `${answer}`).toBe(true);
    }
  }
});

test.each([
  [
    'numbers',
    [
      { type: 'integer', minimum: 10, maximum: 29 },
      { type: 'number', minimum: 2, maximum: 9.99 },
    ],
  ],
  ['texts', [{ type: 'string', pattern: '[ab]x' }, { type: 'string', pattern: 'bx?y' }, { enum: ['b', 'bxyz', 'by'] }]],
  ['texts that are given', [{ enum: ['xy', 'yxy', 'yyx'] }, { const: 'yx' }, { enum: ['xx', 'yxyx'] }]],
  ['objects', ['a', 'ab'].map((name) => ({ type: 'object', properties: { [name]: { enum: [1, 12] } } }))],
])('a choice of %s that begin alike allows no mixture of them', async (_, anyOf) => {
  for (let seed = 0; seed < 40; seed += 1) {
    const mask = await maskOf({ anyOf });
    const answer = randomAnswer(mask, randomOf(seed * 7919));
    mask.free();
    expect(isValid(JSON.parse(answer ?? ''), { anyOf }), `${answer}`).toBe(true);
  }
});

test('special tokens are in no text, and a token that is not allowed is refused', async () => {
  const mask = await maskOf({ type: 'string' });
  const start = answerVocabulary.vocabularySize - 1;
  expect(allowedIds(mask)).not.toContain(start);
  expect(() => mask.accept(start)).toThrow(expect.objectContaining({ code: 'engine.failed' }));
  mask.free();
});

test('a vocabulary is prepared once, a grammar too, and of many the oldest are given back', async () => {
  const xgrammar = await loading;
  const log: string[] = [];
  class Infos extends xgrammar.TokenizerInfo {
    static override async createTokenizerInfo(...args: Parameters<typeof xgrammar.TokenizerInfo.createTokenizerInfo>) {
      log.push('vocabulary');
      const info = await xgrammar.TokenizerInfo.createTokenizerInfo(...args);
      const dispose = info.dispose.bind(info);
      info.dispose = () => {
        log.push('given back');
        dispose();
      };
      return info;
    }
  }
  const counted = createMaskCompiler({ load: async () => ({ ...xgrammar, TokenizerInfo: Infos }) });
  const ask = async (size: number, grammar = 0) => {
    const schema = { const: grammar };
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } } as const;
    const mask = await counted(format, { ...answerVocabulary, vocabularySize: size }, stops);
    expect(mask && spell(mask, String(grammar)).canEnd).toBe(true);
    mask?.free();
  };
  const whole = answerVocabulary.vocabularySize;
  await ask(whole);
  await Promise.all(Array.from({ length: 12 }, (_, grammar) => ask(whole, grammar)));
  await ask(whole);
  expect(log).toEqual(['vocabulary']);
  await ask(whole - 1);
  await ask(whole - 2);
  await ask(whole - 2);
  expect(log).toEqual(['vocabulary', 'vocabulary', 'vocabulary', 'given back']);
});

test('an abort is told before the next step, also while code is on its way, and the next request finds what was made', async () => {
  const xgrammar = await loading;
  const code = Promise.withResolvers<typeof xgrammar>();
  const later = createMaskCompiler({ load: () => code.promise });
  const controller = new AbortController();
  const waiting = later({ type: 'json_object' }, answerVocabulary, { ...stops, signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  code.resolve(xgrammar);
  const mask = await later({ type: 'json_object' }, answerVocabulary, stops);
  expect(mask && spell(mask, '{}').canEnd).toBe(true);
  mask?.free();
});

test('a mask outlives the vocabulary and the grammar that it was made of', async () => {
  const mask = await maskOf({ const: 'ab' });
  for (let size = 100; size < 103; size += 1)
    (await compile({ type: 'json_object' }, { ...answerVocabulary, vocabularySize: size }, stops))?.free();
  expect(spell(mask, '"ab"')).toEqual({ accepted: '"ab"', canEnd: true });
  mask.free();
});
