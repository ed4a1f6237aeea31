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

const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];

test('tools are shown to the model, and a call that nothing could force is refused', async () => {
  const shown = await answer(engine, ask({ tools, max_tokens: 2 }));
  expect(shown.finish.promptTokens).toBeGreaterThan(plain.finish.promptTokens + 20);
  expect(await failureOf(answer(engine, ask({ tools, tool_choice: 'required' })))).toMatchObject({
    code: 'capability.unsupported',
    param: 'tool_choice',
  });
});
