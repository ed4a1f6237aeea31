import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modelTextOf } from '../model-text.ts';
import type { AnswerForm } from './answer-grammar.ts';
import { allowedIds, randomAnswer } from './answers.double.ts';
import { createMaskCompiler } from './compile-token-mask.ts';
import { randomOf } from './random.double.ts';
import { boundedSchema, isValid } from './schemas.double.ts';
import type { TokenMask } from './token-mask.ts';
import { xgrammarInNode } from './xgrammar.double.ts';

// The vocabulary of a model, whose tokens go across what a grammar cuts in every way.

const fixture = new URL('../../../../../test/fixtures/models/tiny-llama-onnx/', import.meta.url);
const jsonOf = (name: string): unknown => JSON.parse(readFileSync(new URL(name, fixture), 'utf8'));
const text = modelTextOf({
  tokenizer: jsonOf('tokenizer.json'),
  tokenizerConfig: jsonOf('tokenizer_config.json'),
});
const stops = { stopTokenIds: [text.endTokenId ?? -1], signal: new AbortController().signal };
const loading = xgrammarInNode();
const compile = createMaskCompiler({ load: () => loading });

async function maskOf(form: AnswerForm): Promise<TokenMask> {
  const mask = await compile(form, text, stops);
  if (!mask) throw new Error('It makes a mask.');
  return mask;
}

const formOf = (schema: object): AnswerForm => ({
  type: 'json_schema',
  json_schema: { name: 'answer', schema: { ...schema } },
});

test('of 200 bounded schemas every answer ends by itself, and is valid', async () => {
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(boundedSchema, fc.nat(), async (schema, seed) => {
      const mask = await maskOf(formOf(schema));
      const answer = randomAnswer(mask, randomOf(seed), { vocabulary: text });
      mask.free();
      if (answer === null) return;
      ended += 1;
      expect(isValid(JSON.parse(answer), schema), answer).toBe(true);
    }),
    { numRuns: 200, seed: 11 },
  );
  expect(ended).toBeGreaterThanOrEqual(196);
});

/** Chooses white space wherever it may, and gives the longest that it could write at one place. */
function longestSpace(mask: TokenMask, { most }: { readonly most: number }): number {
  const decoder = new TextDecoder();
  const random = randomOf(5);
  let [longest, length] = [0, 0];
  for (let count = 0; count < most && !mask.isTerminated; count += 1) {
    const allowed = allowedIds(mask, text).map((id) => ({ id, written: decoder.decode(text.tokenBytes(id)) }));
    const spaces = allowed.filter(({ written }) => /^\s+$/.test(written));
    const chosen = spaces.length > 0 ? spaces : allowed.filter(({ written }) => !written.includes('"'));
    const { id, written } = (chosen.length > 0 ? chosen : allowed)[Math.floor(random() * chosen.length)] ?? {};
    if (id === undefined || written === undefined) break;
    length = /^\s+$/.test(written) ? length + written.length : 0;
    longest = Math.max(longest, length);
    mask.accept(id);
  }
  return longest;
}

test('between what is meant no white space goes on for ever, in JSON of any shape either', async () => {
  const numbers = { type: 'array', items: { type: 'integer', minimum: 0, maximum: 9 }, minItems: 9, maxItems: 9 };
  for (const [form, most] of [
    // A new line with its indent, twice: an object that is empty may have both.
    [{ type: 'json_object' }, 50],
    [formOf({ type: 'object', additionalProperties: {} }), 50],
    [formOf(numbers), 1],
  ] as const) {
    const mask = await maskOf(form);
    expect(longestSpace(mask, { most: 200 })).toBeLessThanOrEqual(most);
    mask.free();
  }
});

test.each([
  ['a text', { type: 'string', maxLength: 5 }, (value: string) => [...value].length <= 5],
  ['a long text', { type: 'string', maxLength: 70 }, (value: string) => [...value].length <= 70],
  ['a list', { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 3 }, (value: string) => value.length <= 3],
  ['a choice', { enum: ['river', 'sea', 7, null] }, (value: unknown) => ['river', 'sea', 7, null].includes(value as 7)],
])('%s with a bound keeps to it, whatever is chosen', async (_, schema, keeps) => {
  for (let seed = 0; seed < 10; seed += 1) {
    const mask = await maskOf(formOf(schema));
    const answer = randomAnswer(mask, randomOf(seed), { vocabulary: text });
    mask.free();
    expect(answer).not.toBeNull();
    expect(keeps(JSON.parse(answer ?? '')), `${answer}`).toBe(true);
  }
});
