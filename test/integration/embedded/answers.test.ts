import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capitalOfFrance, type Embedded, startEmbedded } from './embedded-client.ts';

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(() => embedded.upstream.stop());

const chat = '/v1/chat/completions';
const greedy = { model: 'any-name', messages: capitalOfFrance, temperature: 0 };
const answerOf = async (body: object) => JSON.parse((await embedded.post(chat, body)).text);

describe('a chat', () => {
  test("is answered by the real model, in OpenAI's shape", async () => {
    expect(await answerOf(greedy)).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'any-name',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'The capital of France is Paris.', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 27, completion_tokens: 7, total_tokens: 34, prompt_tokens_details: { cached_tokens: 0 } },
    });
  });

  test('streams the same text: a role first, then pieces, a reason, the usage, and [DONE]', async () => {
    const { status, events, isDone } = await embedded.stream(chat, {
      ...greedy,
      stream_options: { include_usage: true },
    });
    expect([status, isDone]).toEqual([200, true]);
    const deltas = events.flatMap(({ choices }) => choices?.map(({ delta }) => delta) ?? []);
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(deltas.map((delta) => delta?.content ?? '').join('')).toBe('The capital of France is Paris.');
    expect(events.at(-2)?.choices?.[0]?.finish_reason).toBe('stop');
    expect(events.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 27, completion_tokens: 7, total_tokens: 34 },
    });
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  });

  test('has no usage chunk where none was asked for', async () => {
    const { events } = await embedded.stream(chat, greedy);
    expect(events.some(({ usage }) => usage !== undefined)).toBe(false);
  });

  test('stops at the token limit, under either name of the field', async () => {
    for (const limit of [{ max_tokens: 3 }, { max_completion_tokens: 3 }]) {
      const answer = await answerOf({ ...greedy, ...limit });
      expect(answer.choices[0]).toMatchObject({ message: { content: 'The capital of' }, finish_reason: 'length' });
      expect(answer.usage.completion_tokens).toBe(3);
    }
  });

  test('ends before a stop string, also one that spans several tokens', async () => {
    for (const stop of [' France', ['xyz', 'of Fra'], 'capital of France']) {
      const answer = await answerOf({ ...greedy, stop });
      expect(answer.choices[0].finish_reason).toBe('stop');
      expect('The capital of France is Paris.').toContain(answer.choices[0].message.content);
      for (const one of [stop].flat()) expect(answer.choices[0].message.content).not.toContain(one);
    }
    const { events } = await embedded.stream(chat, { ...greedy, stop: 'capital of France' });
    expect(events.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join('')).toBe('The ');
  });

  test('takes text in parts, developer messages, and fields that change nothing', async () => {
    const parts = capitalOfFrance.map(({ role, content }) => ({
      role: role === 'system' ? 'developer' : role,
      content: [
        { type: 'text', text: content.slice(0, 5) },
        { type: 'text', text: content.slice(5) },
      ],
    }));
    const answer = await answerOf({
      ...greedy,
      messages: parts,
      user: 'u',
      metadata: {},
      tools: [],
      logprobs: false,
      n: null,
    });
    expect(answer.choices[0].message.content).toBe('The capital of France is Paris.');
  });

  test('gives the same answer for the same seed, and another for another', async () => {
    const story = { messages: [{ role: 'user', content: 'Tell me a story.' }], temperature: 1.2, max_tokens: 24 };
    const [first, again, other] = await Promise.all([1, 1, -2].map((seed) => answerOf({ ...story, seed })));
    expect(again.choices[0].message.content).toBe(first.choices[0].message.content);
    expect(other.choices[0].message.content).not.toBe(first.choices[0].message.content);
  });

  test('gives several choices that differ, whole and streamed', async () => {
    const story = {
      messages: [{ role: 'user', content: 'Tell me a story.' }],
      temperature: 1.5,
      max_tokens: 16,
      n: 3,
      seed: 7,
    };
    const whole = await answerOf(story);
    const texts: string[] = whole.choices.map(({ message }: { message: { content: string } }) => message.content);
    expect(new Set(texts).size).toBe(3);
    expect(whole.usage.completion_tokens).toBeLessThanOrEqual(48);
    const { events } = await embedded.stream(chat, story);
    const streamed = ['', '', ''];
    for (const choice of events.flatMap(({ choices }) => choices ?? []))
      streamed[choice.index] += choice.delta?.content ?? '';
    expect(streamed).toEqual(texts);
  });

  test('is different under penalties for repetition', async () => {
    const repeat = {
      messages: [{ role: 'user', content: 'Repeat the word banana many times.' }],
      temperature: 0,
      max_tokens: 24,
    };
    const plain = await answerOf(repeat);
    const penalised = await answerOf({ ...repeat, frequency_penalty: 2, presence_penalty: 2 });
    expect(penalised.choices[0].message.content).not.toBe(plain.choices[0].message.content);
  });

  test('holds to a JSON schema', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 20 }, isCapital: { type: 'boolean' } },
      required: ['city', 'isCapital'],
      additionalProperties: false,
    };
    const answer = await answerOf({
      ...greedy,
      max_tokens: 60,
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } },
    });
    expect(JSON.parse(answer.choices[0].message.content)).toEqual({
      city: expect.any(String),
      isCapital: expect.any(Boolean),
    });
    expect(answer.choices[0].finish_reason).toBe('stop');
  });

  test('writes no half character, in whatever script', async () => {
    const { events } = await embedded.stream(chat, {
      messages: [{ role: 'user', content: 'Repeat exactly: 漢字 🦙 ñandú 👩‍👩‍👧 ありがとう' }],
      temperature: 0,
      max_tokens: 60,
    });
    const text = events.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join('');
    expect(text.length).toBeGreaterThan(0);
    expect(text).not.toContain('\uFFFD');
  });
});

describe('a completion', () => {
  const text = '/v1/completions';

  test('goes on with a text, whole and streamed', async () => {
    const body = { prompt: 'The capital of France is', temperature: 0, max_tokens: 2 };
    const answer = JSON.parse((await embedded.post(text, body)).text);
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^cmpl-/),
      object: 'text_completion',
      choices: [{ index: 0, text: expect.stringContaining('Paris'), finish_reason: 'length' }],
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    });
    const { events, isDone } = await embedded.stream(text, body);
    expect(events.map(({ choices }) => choices?.[0]?.text ?? '').join('')).toBe(answer.choices[0].text);
    expect(isDone).toBe(true);
  });

  test('goes on with token ids exactly as with the text they stand for', async () => {
    const { tokens } = JSON.parse((await embedded.post('/tokenize', { prompt: 'The capital of France is' })).text);
    const body = { temperature: 0, max_tokens: 8 };
    const fromText = JSON.parse((await embedded.post(text, { ...body, prompt: 'The capital of France is' })).text);
    const fromIds = JSON.parse((await embedded.post(text, { ...body, prompt: tokens })).text);
    expect(fromIds.choices).toEqual(fromText.choices);
  });

  test('is 16 tokens long where no limit is set', async () => {
    const answer = JSON.parse((await embedded.post(text, { prompt: 'Once upon a time', temperature: 0 })).text);
    expect(answer.usage.completion_tokens).toBe(16);
  });
});

describe('embeddings', () => {
  const path = '/v1/embeddings';
  const vectors = async (body: object) => JSON.parse((await embedded.post(path, body)).text);

  test('are of length one, and near for texts that mean nearly the same', async () => {
    const { data, usage, object } = await vectors({
      model: 'm',
      input: [
        'The cat sits on the mat.',
        'A kitten is sitting on a rug.',
        'Quarterly revenue of the bank fell by three percent.',
      ],
    });
    const [cat, kitten, bank]: number[][] = data.map(({ embedding }: { embedding: number[] }) => embedding);
    const dot = (a: number[] = [], b: number[] = []) =>
      a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
    expect(object).toBe('list');
    expect(cat).toHaveLength(576);
    expect(dot(cat, cat)).toBeCloseTo(1, 5);
    expect(dot(cat, kitten)).toBeGreaterThan(dot(cat, bank) + 0.1);
    expect(usage.total_tokens).toBe(usage.prompt_tokens);
  });

  test('are the same for token ids as for their text', async () => {
    const { tokens } = JSON.parse((await embedded.post('/tokenize', { prompt: 'hello world' })).text);
    const fromText: number[] = (await vectors({ input: 'hello world' })).data[0].embedding;
    const fromIds: number[] = (await vectors({ input: [tokens], encoding_format: 'float' })).data[0].embedding;
    expect(fromIds).toHaveLength(576);
    for (const [index, value] of fromIds.entries()) expect(value).toBeCloseTo(fromText[index] ?? Number.NaN, 4);
  });
});

test("a text and a chat are counted in the model's own tokens", async () => {
  const prompt = JSON.parse((await embedded.post('/tokenize', { prompt: '<|im_start|>user' })).text);
  expect(prompt).toEqual({ count: 2, max_model_len: 8192, tokens: [1, 4093] });
  const messages = JSON.parse((await embedded.post('/tokenize', { messages: capitalOfFrance })).text);
  expect(messages.count).toBe(27);
});

test('the model and its context are told', async () => {
  expect((await embedded.get('/health')).status).toBe(200);
  expect(JSON.parse((await embedded.get('/v1/models')).text)).toEqual({
    object: 'list',
    data: [{ id: 'SmolLM2-135M-Instruct.Q4_1', object: 'model', created: 0, owned_by: 'orilla', max_model_len: 8192 }],
  });
});
