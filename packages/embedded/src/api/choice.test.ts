import { expect, test } from 'vitest';
import { type ChoiceEvent, type ChoicePlan, generateChoice } from './choice.ts';
import { readSampling } from './sampling.ts';

const { signal } = new AbortController();
const plan: ChoicePlan = { prompt: [0], maxTokens: 100, stop: [], sampling: readSampling({}), grammar: undefined };

/** A model whose tokens are letters, which tells how far it was asked to go. */
function spell(text: string) {
  let computed = 0;
  let isClosed = false;
  return {
    computed: () => computed,
    isClosed: () => isClosed,
    detokenize: (tokens: readonly number[]) => String.fromCodePoint(...tokens),
    async *generate() {
      try {
        for (const letter of text) {
          computed++;
          yield letter.codePointAt(0) ?? 0;
        }
      } finally {
        isClosed = true;
      }
    },
  };
}

async function run(model: ReturnType<typeof spell>, change: Partial<ChoicePlan> = {}): Promise<readonly ChoiceEvent[]> {
  const events: ChoiceEvent[] = [];
  for await (const event of generateChoice(model, { ...plan, ...change }, { signal })) events.push(event);
  return events;
}

const textOf = (events: readonly ChoiceEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');

test('a text that the model ends itself is shown whole, token by token', async () => {
  const events = await run(spell('abc'));
  expect(events).toEqual([
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
    { type: 'text', text: 'c' },
    { type: 'finish', reason: 'stop', tokens: 3 },
  ]);
});

test('at the limit not one token more is computed', async () => {
  const model = spell('abcdef');
  const events = await run(model, { maxTokens: 2 });
  expect([textOf(events), model.computed(), model.isClosed()]).toEqual(['ab', 2, true]);
  expect(events.at(-1)).toEqual({ type: 'finish', reason: 'length', tokens: 2 });
});

test('at a stop string the computing ends, and what came before is shown', async () => {
  const model = spell('one. two');
  const events = await run(model, { stop: ['. '] });
  expect([textOf(events), model.computed(), model.isClosed()]).toEqual(['one', 5, true]);
  expect(events.at(-1)).toMatchObject({ reason: 'stop', tokens: 5 });
});

test('a stop string that is met with the last token that was allowed is a stop', async () => {
  expect((await run(spell('ab'), { stop: ['b'], maxTokens: 2 })).at(-1)).toMatchObject({ reason: 'stop' });
});

test('what was held back is shown at the end, whatever ended it', async () => {
  expect(textOf(await run(spell('ab.'), { stop: ['..'] }))).toBe('ab.');
  expect(textOf(await run(spell('ab..'), { stop: ['...'], maxTokens: 3 }))).toBe('ab.');
});

test('an empty answer is an answer', async () => {
  expect(await run(spell(''))).toEqual([{ type: 'finish', reason: 'stop', tokens: 0 }]);
});

test("who leaves the loop closes the model's", async () => {
  const model = spell('abc');
  for await (const _ of generateChoice(model, plan, { signal })) break;
  expect([model.computed(), model.isClosed()]).toEqual([1, true]);
});
