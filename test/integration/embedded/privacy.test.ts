import { afterAll, beforeAll, expect, test } from 'vitest';
import { capitalOfFrance, type Embedded, startEmbedded } from './embedded-client.ts';

// The native code quotes a grammar that it can't take, and so the schema. What this log gets is in the relay's log.

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded({ contextLength: 512, sequences: 1 });
});
afterAll(() => embedded.upstream.stop());

const secret = 'Zanzibar';
const list = (items: object) => ({ type: 'array', items, minItems: 2_000 });

test.each([
  ['more items than the native code counts', list({ const: `${secret} prompt text` })],
  ['lists in lists', list(list({ enum: [`${secret} prompt text`, secret] }))],
  ['a property', list({ type: 'object', properties: { [secret]: list({ type: 'string' }) } })],
  ['far too many items', { ...list({ const: secret }), minItems: 1e7 }],
])('a schema that cannot be made a grammar is not in the log: %s', async (_, schema) => {
  const { status, text } = await embedded.post('/v1/chat/completions', {
    messages: [{ role: 'user', content: `${secret}?` }],
    max_tokens: 2,
    response_format: { type: 'json_schema', json_schema: { name: secret, schema } },
  });
  expect([status, JSON.parse(text).error.code]).toEqual([400, 'unsupported_feature']);
  expect(text).not.toContain(secret);
  expect(embedded.logged.join('\n')).not.toContain(secret);
  expect(embedded.logged.join('\n')).not.toContain('root ::=');
});

test('that there were complaints is told, once per level', async () => {
  const complaints = embedded.logged.filter((line) => line.includes('the native code complained about a request'));
  expect(new Set(complaints).size).toBe(complaints.length);
  expect(complaints.length).toBeGreaterThan(0);
});

test('neither are prompts and answers', async () => {
  const chat = { messages: capitalOfFrance, temperature: 0 };
  expect((await embedded.post('/v1/chat/completions', chat)).text).toContain('Paris');
  await embedded.post('/v1/completions', { prompt: `${secret} is`, max_tokens: 4 });
  await embedded.post('/v1/embeddings', { input: secret });
  await embedded.post('/v1/completions', `{"prompt": "${secret}`);
  for (const word of [secret, 'France', 'Paris']) expect(embedded.logged.join('\n')).not.toContain(word);
});
