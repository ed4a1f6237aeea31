import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callTexts } from '../tools/call-text.ts';
import type { CallableTool } from '../tools/callable-tool.ts';
import { toolCallParser } from '../tools/tool-call-parser.ts';
import { type ToolFormat, toolFormats } from '../tools/tool-format.ts';
import { answerVocabulary, randomAnswer, spell, stops } from './answers.double.ts';
import { createMaskCompiler } from './compile-token-mask.ts';
import { randomOf } from './random.double.ts';
import { boundedSchema, isValid } from './schemas.double.ts';
import type { TokenMask } from './token-mask.ts';
import { xgrammarInNode } from './xgrammar.double.ts';

const loading = xgrammarInNode();
const compile = createMaskCompiler({ load: () => loading });
const forced = toolFormats.filter((format) => callTexts[format]);

async function maskOf(toolFormat: ToolFormat, tools: readonly CallableTool[]): Promise<TokenMask> {
  const mask = await compile({ type: 'call', toolFormat, tools }, answerVocabulary, stops);
  if (!mask) throw new Error('A call makes a mask.');
  return mask;
}

/** What the parser of that family makes of a text that is to be one call. */
function callIn(toolFormat: ToolFormat, text: string): { readonly name: string | undefined; readonly args: string } {
  const parser = toolCallParser(toolFormat);
  const pieces = [...parser.push(text), ...parser.end()];
  const calls = pieces.filter((piece) => piece.type === 'tool-call');
  expect(calls, text).toHaveLength(pieces.length);
  expect(parser).toMatchObject({ calls: 1, isBroken: false });
  return { name: calls[0]?.name, args: calls.map(({ argumentsText }) => argumentsText).join('') };
}

async function accepts(toolFormat: ToolFormat, tools: readonly CallableTool[], text: string): Promise<boolean> {
  const mask = await maskOf(toolFormat, tools);
  const { accepted, canEnd } = spell(mask, text);
  mask.free();
  return accepted === text && canEnd;
}

test('of 100 tools with bounded parameters every answer is one call of one of them, with arguments that are valid', async () => {
  const tool = fc.record({
    name: fc.stringMatching(/^[\w-]{1,8}$/),
    parameters: boundedSchema.filter(({ type }) => type === 'object'),
  });
  const tools = fc.uniqueArray(tool, { minLength: 1, maxLength: 2, selector: ({ name }) => name });
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...forced), tools, fc.nat(), async (format, list, seed) => {
      const mask = await maskOf(format, list);
      const answer = randomAnswer(mask, randomOf(seed));
      mask.free();
      if (answer === null) return;
      ended += 1;
      const { name, args } = callIn(format, answer);
      const called = list.find((one) => one.name === name);
      expect(called, answer).toBeDefined();
      expect(isValid(JSON.parse(args), called?.parameters), answer).toBe(true);
    }),
    { numRuns: 100, seed: 7 },
  );
  expect(ended).toBeGreaterThanOrEqual(95);
});

test.each(forced)('%s calls as its family does, and the answer ends with the call', async (format) => {
  const tools = [{ name: 'look', parameters: { type: 'object', properties: { at: { const: 'sea' } } } }];
  const text = { ...callTexts }[format];
  const call = `${text?.before('look')}{"at": "sea"}${text?.after}`;
  expect(await accepts(format, tools, call)).toBe(true);
  expect(callIn(format, call)).toEqual({ name: 'look', args: '{"at": "sea"}' });
  const mask = await maskOf(format, tools);
  spell(mask, call);
  expect(mask.isTerminated).toBe(true);
  mask.free();
  for (const other of ['Sure.', '{"at": "sea"}', `${text?.before('smell')}{}${text?.after}`])
    expect(await accepts(format, tools, other)).toBe(false);
});

test.each([
  ['none', undefined, '{}', '{"a": 1}'],
  ['an object of any kind', { type: 'object' }, '{"a": [1]}', '[1]'],
  ['a schema that says nothing of what it is', { description: 'Anything.' }, '{"a": 1}', '5'],
])('a tool whose parameters are %s gets an object', async (_, parameters, right, wrong) => {
  const around = (args: string) => `{"name": "f", "parameters": ${args}}`;
  expect(await accepts('llama', [{ name: 'f', parameters }], around(right))).toBe(true);
  expect(await accepts('llama', [{ name: 'f', parameters }], around(wrong))).toBe(false);
});

test('each tool has definitions of its own, and may refer to itself', async () => {
  const withDefinition = (value: string) => ({
    type: 'object',
    properties: { a: { $ref: '#/$defs/a' }, next: { $ref: '#' } },
    required: ['a'],
    $defs: { a: { const: value } },
  });
  const tools = ['one', 'two'].map((name) => ({ name, parameters: withDefinition(name) }));
  const call = (name: string, a: string) => `{"name": "${name}", "parameters": {"a": "${a}", "next": {"a": "${a}"}}}`;
  for (const name of ['one', 'two']) expect(await accepts('llama', tools, call(name, name))).toBe(true);
  expect(await accepts('llama', tools, call('one', 'two'))).toBe(false);
});

test('long texts in arguments end at their length, whichever tool is called', async () => {
  const text = (maxLength: number) => ({ type: 'object', properties: { t: { type: 'string', maxLength } } });
  const tools = [70, 90].map((most) => ({ name: `to${most}`, parameters: text(most) }));
  const call = (length: number) => `{"name": "to70", "parameters": {"t": "${'a'.repeat(length)}"}}`;
  expect(await accepts('llama', tools, call(70))).toBe(true);
  expect(await accepts('llama', tools, call(71))).toBe(false);
});

test('a tool whose parameters no grammar can be made of is refused by name, and not quoted', async () => {
  const parameters = { type: 'object', properties: { a: { not: { const: 'secret' } } } };
  await expect(maskOf('hermes', [{ name: 'f', parameters }])).rejects.toMatchObject({
    code: 'protocol.bad-request',
    param: 'tools',
    message: expect.not.stringContaining('secret'),
  });
});
