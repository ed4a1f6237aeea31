import { expect, test } from 'vitest';
import { answer, ask, failureOf, openTinyEngine, question } from './tiny-engine.double.ts';

const engine = await openTinyEngine();
const plain = await answer(engine, question);

test('log probabilities come with the tokens, those of the likeliest beside them', async () => {
  const { tokens, text } = await answer(engine, ask({ logprobs: true, top_logprobs: 3 }));
  expect(text).toBe(plain.text);
  const entries = tokens.flatMap(({ logprobs }) => logprobs?.content ?? []);
  expect(entries.length).toBeGreaterThan(5);
  for (const entry of entries) {
    expect(entry.logprob).toBeLessThanOrEqual(0);
    expect(entry.top_logprobs).toHaveLength(3);
    expect(entry.top_logprobs[0]?.logprob).toBe(entry.logprob); // greedy
  }
});

test('several answers come side by side, each ends by itself, and usage counts all', async () => {
  const { events, finish } = await answer(engine, ask({ n: 3, temperature: 1.5, seed: 3, max_tokens: 6 }));
  const texts = [0, 1, 2].map((choice) =>
    events
      .filter((event) => event.type === 'token')
      .filter((event) => event.choice === choice)
      .map(({ text }) => text)
      .join(''),
  );
  expect(new Set(texts).size).toBe(3);
  expect(events.filter(({ type }) => type === 'choice-end')).toHaveLength(2);
  expect(finish.completionTokens).toBeGreaterThan(6);
  expect(finish.completionTokens).toBeLessThanOrEqual(18);
});

const schema = {
  type: 'object',
  properties: { city: { enum: ['London', 'Paris'] }, age: { type: 'integer', minimum: 0, maximum: 99 } },
  required: ['city', 'age'],
  additionalProperties: false,
};

test('a JSON schema is kept to, and the answer ends with it', async () => {
  const json_schema = { name: 'city', schema };
  const { text, finish } = await answer(
    engine,
    ask({ response_format: { type: 'json_schema', json_schema }, max_tokens: 200, temperature: 1, seed: 4 }),
  );
  expect(finish.reason).toBe('stop');
  const value = JSON.parse(text);
  expect(['London', 'Paris']).toContain(value.city);
  expect(value.age).toBeGreaterThanOrEqual(0);
});

test('each of several answers keeps to the schema by itself', async () => {
  const json_schema = { name: 'city', schema };
  const { tokens } = await answer(
    engine,
    ask({ response_format: { type: 'json_schema', json_schema }, max_tokens: 200, temperature: 1, seed: 4, n: 2 }),
  );
  for (const choice of [0, 1]) {
    const text = tokens.filter((token) => token.choice === choice).map((token) => token.text);
    expect(Object.keys(JSON.parse(text.join('')))).toEqual(['city', 'age']);
  }
});

test('where no grammar can be made nothing of the prompt is computed', async () => {
  const messages = [{ role: 'user', content: 'A boat goes to the other shore of the sea.' }];
  const json_schema = { name: 'none', schema: { not: {} } };
  const refused = answer(engine, ask({ messages, response_format: { type: 'json_schema', json_schema } }));
  expect(await failureOf(refused)).toMatchObject({ code: 'protocol.bad-request', param: 'response_format' });
  const [first, again] = [await answer(engine, ask({ messages })), await answer(engine, ask({ messages }))];
  expect(again.finish.cachedTokens).toBe(first.finish.promptTokens - 1);
  expect(first.finish.cachedTokens).toBeLessThan(first.finish.promptTokens - 9);
});

const place = { ...schema, properties: { place: { enum: ['sea', 'shore'] } }, required: ['place'] };
const tools = [
  { type: 'function', function: { name: 'look', parameters: place } },
  { type: 'function', function: { name: 'smell' } },
];

test('tools are shown to the model', async () => {
  const shown = await answer(engine, ask({ tools, max_tokens: 2 }));
  expect(shown.finish.promptTokens).toBeGreaterThan(plain.finish.promptTokens + 20);
});

const named = { type: 'function', function: { name: 'look' } };

test.each([0, 1.5])('a call that must come is the whole answer, at a temperature of %f', async (temperature) => {
  const request = ask({ tools, tool_choice: named, max_tokens: 120, temperature, seed: 1 });
  const { events, tokens, finish } = await answer(engine, request);
  expect(tokens).toEqual([]);
  expect(finish.reason).toBe('tool_calls');
  const pieces = events.filter((event) => event.type === 'tool-call');
  expect(pieces.map(({ index, name }) => ({ index, name })).slice(0, 2)).toEqual([
    { index: 0, name: 'look' },
    { index: 0, name: undefined },
  ]);
  expect(JSON.parse(pieces.map(({ argumentsText }) => argumentsText).join(''))).toEqual({
    place: expect.stringMatching(/^(sea|shore)$/),
  });
});

test('required means one of the tools, in each of several answers', async () => {
  const request = ask({ tools, tool_choice: 'required', max_tokens: 120, temperature: 1, seed: 2, n: 2 });
  const { events } = await answer(engine, request);
  for (const choice of [0, 1]) {
    const names = events.flatMap((event) =>
      event.type === 'tool-call' && event.choice === choice && event.name !== undefined ? [event.name] : [],
    );
    expect(names).toEqual([expect.stringMatching(/^(look|smell)$/)]);
  }
  const ends = events.filter(({ type }) => type === 'choice-end' || type === 'finish');
  expect(ends).toMatchObject([{ reason: 'tool_calls' }, { reason: 'tool_calls' }]);
});

test('a call that the limit cuts off has not ended with calls', async () => {
  const { finish } = await answer(engine, ask({ tools, tool_choice: named, max_tokens: 30 }));
  expect(finish.reason).toBe('length');
});
