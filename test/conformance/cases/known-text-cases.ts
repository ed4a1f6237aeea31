import { ask, collect, firstChoice, stream, textOf, textOfChunks } from '../ask.ts';
import type { ConformanceCase } from '../case.ts';
import { equal, holds } from '../check.ts';

// A schema that one value only is valid by leaves a model no choice: what it will say is known to the letter, whatever its weights are.

const said = 'the sea, el mar, 海辺 and 🌊🏖️ at night';

const saying = (text: string) => {
  const properties = { said: { type: 'string', const: text } };
  const schema = { type: 'object', properties, required: ['said'], additionalProperties: false };
  return { response_format: { type: 'json_schema' as const, json_schema: { name: 'said', schema, strict: true } } };
};

function checkSaid(text: string, wanted: string): void {
  equal(JSON.parse(text), { said: wanted }, 'the answer');
}

export const knownTextCases: readonly ConformanceCase[] = [
  {
    name: 'characters that take several tokens come whole, each in one chunk, and none is lost or told twice',
    claim: 'json_schema',
    async run(subject) {
      const chunks = await collect(stream(subject, { ...saying(said), max_tokens: 128 }));
      checkSaid(textOfChunks(chunks), said);
      for (const text of chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')))
        holds(text.isWellFormed() && !text.includes('\uFFFD'), 'a chunk holds half a character');
    },
  },
  {
    name: 'of several stop strings the first that comes ends the answer, across tokens and characters',
    claim: 'json_schema',
    async run(subject) {
      const stop = ['🏖️ at ni', 'r, 海辺 an', 'never'];
      const request = { ...saying(said), max_tokens: 128, stop };
      const answer = await ask(subject, request);
      const chunks = await collect(stream(subject, request));
      for (const text of [textOf(answer), textOfChunks(chunks)])
        holds(text.endsWith('"the sea, el ma'), `it ends with ${JSON.stringify(text.slice(-20))}`);
      equal(firstChoice(answer).finish_reason, 'stop', 'the finish reason');
    },
  },
  {
    name: 'the finish reason is `length` at the limit, whose tokens are counted, and `stop` at the end',
    claim: 'json_schema',
    async run(subject) {
      const cut = await ask(subject, { ...saying(said), max_tokens: 5 });
      equal([firstChoice(cut).finish_reason, cut.usage?.completion_tokens], ['length', 5], 'at the limit');
      holds(!textOf(cut).includes(said), 'it was told whole');
      const whole = await ask(subject, { ...saying(said), max_tokens: 128 });
      equal(firstChoice(whole).finish_reason, 'stop', 'the finish reason at the end');
      holds((whole.usage?.completion_tokens ?? 0) > 5, 'the whole has no more tokens');
    },
  },
  {
    name: 'several requests at once keep each to its own text',
    claim: 'json_schema',
    async run(subject) {
      const texts = ['the shore', 'el río', '海の夜'];
      const answers = await Promise.all(texts.map((text) => ask(subject, { ...saying(text), max_tokens: 128 })));
      for (const [index, answer] of answers.entries()) checkSaid(textOf(answer), texts[index] ?? '');
    },
  },
  {
    name: 'bounds of numbers are kept, and a choice of schemas is one of them',
    claim: 'json_schema_wide',
    async run(subject) {
      for (const seed of [1, 2, 3]) {
        const answer = await ask(subject, { ...wide, temperature: 1, seed, max_tokens: 64 });
        equal(firstChoice(answer).finish_reason, 'stop', `the finish reason of ${textOf(answer)}`);
        const { depth, where } = JSON.parse(textOf(answer)) as { depth: number; where: string | null }; // checked next
        holds(depth >= 0.5 && depth <= 2.25, `depth is ${depth}`);
        holds(where === null || ['sea', 'shore'].includes(where), `where is ${where}`);
      }
    },
    unclaimed: (subject) => ask(subject, wide),
  },
];

const wide = {
  response_format: {
    type: 'json_schema' as const,
    json_schema: {
      name: 'depth',
      strict: true,
      schema: {
        type: 'object',
        properties: {
          depth: { type: 'number', minimum: 0.5, maximum: 2.25 },
          where: { anyOf: [{ type: 'null' }, { enum: ['sea', 'shore'] }] },
        },
        required: ['depth', 'where'],
        additionalProperties: false,
      },
    },
  },
};
