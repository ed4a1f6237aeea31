import type { EmbeddingRequest } from '@orilla/contract';
import { afterAll, expect, test } from 'vitest';
import type { EmbeddingModel } from './embedding-model.ts';
import { openTinyEncoder, referenceVectors, tinyEncoderWeights } from './tiny-encoder.double.ts';

const opened: EmbeddingModel[] = [];
async function open(options: Parameters<typeof openTinyEncoder>[0] = {}) {
  const model = await openTinyEncoder(options);
  opened.push(model);
  return model;
}
afterAll(() => Promise.all(opened.map(({ session }) => session.release())));

const model = await open();
const { signal } = new AbortController();
const embed = (input: EmbeddingRequest['input'], more: Partial<EmbeddingRequest> = {}) =>
  model.embed({ model: 'tiny', input, ...more }, { signal });

function closeTo(actual: readonly number[] | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(actual?.[index]).toBeCloseTo(value, 5);
}

test('makes the vectors that numpy makes of the same weights, one by one and together: padding changes nothing', async () => {
  const cases = referenceVectors();
  const together = await embed(cases.map(({ text }) => text));
  expect(together).toMatchObject({ object: 'list', model: 'tiny', usage: { prompt_tokens: 21, total_tokens: 21 } });
  for (const [index, { text, mean, tokens }] of cases.entries()) {
    expect(together.data[index]).toMatchObject({ object: 'embedding', index });
    closeTo(together.data[index]?.embedding, mean);
    const alone = await embed(text);
    closeTo(alone.data[0]?.embedding, mean);
    expect(alone.usage).toEqual({ prompt_tokens: tokens.length, total_tokens: tokens.length });
  }
});

test('token ids are taken as they are, of one text or of several', async () => {
  const [first, second] = referenceVectors();
  if (!first || !second) throw new Error('there are several reference cases');
  closeTo((await embed([...first.tokens])).data[0]?.embedding, first.mean);
  const both = await embed([[...first.tokens], [...second.tokens]]);
  closeTo(both.data[1]?.embedding, second.mean);
  expect(both.usage.prompt_tokens).toBe(first.tokens.length + second.tokens.length);
});

test('takes the first token where the package says so', async () => {
  const config = new Blob([JSON.stringify({ pooling_mode_cls_token: true, pooling_mode_mean_tokens: false })]);
  const cls = await open({ weights: tinyEncoderWeights().set('1_Pooling/config.json', config) });
  const [first] = referenceVectors();
  const { data } = await cls.embed({ model: 'tiny', input: first?.text ?? '' }, { signal });
  closeTo(data[0]?.embedding, first?.cls ?? []);
});

test('a kind of pooling that is not known is refused, and not guessed', async () => {
  const config = new Blob([JSON.stringify({ pooling_mode_lasttoken: true })]);
  const opening = openTinyEncoder({ weights: tinyEncoderWeights().set('1_Pooling/config.json', config) });
  await expect(opening).rejects.toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringContaining('pooling_mode_lasttoken'),
  });
});

test('base64 holds the same 32-bit floats, and a number of dimensions that is the model’s own is fine', async () => {
  const [plain] = (await embed('the river')).data;
  const [coded] = (await embed('the river', { encoding_format: 'base64', dimensions: 8 })).data;
  // What OpenAI's type calls numbers is a text then.
  const bytes = Buffer.from(String(coded?.embedding), 'base64');
  const floats = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  expect(floats).toEqual(plain?.embedding);
});

test('a text that is too long is refused with both figures, and before anything is computed', async () => {
  const long = 'river '.repeat(20);
  await expect(embed(['boat', long])).rejects.toMatchObject({
    code: 'engine.context-exceeded',
    param: 'input',
    message: expect.stringMatching(/22 tokens.*16/),
  });
  expect((await embed('river '.repeat(14))).usage.prompt_tokens).toBe(16);
});

test.each([
  ['an empty text', '', 'input'],
  ['an empty list', [], 'input'],
  ['an empty text among others', ['boat', ''], 'input'],
  ['no tokens', [[]], 'input'],
  ['a token that is not in the vocabulary', [3, 99], 'input'],
  ['what is no token', [1.5], 'input'],
  ['texts and tokens mixed up', ['boat', 3], 'input'],
  ['a number', 7, 'input'],
  ['too many texts', Array.from({ length: 2049 }, () => 'boat'), 'input'],
])('%s is a bad request that names the field', async (_, input, param) => {
  // Callers may be written in JavaScript.
  const refused = embed(input as EmbeddingRequest['input']);
  await expect(refused).rejects.toMatchObject({ code: 'protocol.bad-request', param });
});

test('what the model can’t do is refused by name', async () => {
  await expect(embed('boat', { dimensions: 4 })).rejects.toMatchObject({
    code: 'capability.unsupported',
    param: 'dimensions',
  });
  const unknown = { task_type: 'query' } as Partial<EmbeddingRequest>; // what other servers know
  await expect(embed('boat', unknown)).rejects.toMatchObject({ code: 'capability.unsupported', param: 'task_type' });
  const format = { encoding_format: 'hex' } as unknown as Partial<EmbeddingRequest>; // as untyped callers may
  await expect(embed('boat', format)).rejects.toMatchObject({ code: 'protocol.bad-request', param: 'encoding_format' });
});

test('an abort between batches ends it, and the next request is answered', async () => {
  const stop = new AbortController();
  const many = Array.from({ length: 2000 }, () => 'the river is far');
  const running = model.embed({ model: 'tiny', input: many }, { signal: stop.signal });
  stop.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect((await embed('the river')).data).toHaveLength(1);
});

test('many texts are computed in batches and come back in their order', async () => {
  const texts = Array.from({ length: 600 }, (_, index) => (index % 3 === 0 ? 'boat' : 'the river is far'.slice(0, 9)));
  const { data } = await embed(texts);
  const [boat, river] = [(await embed('boat')).data[0], (await embed('the river')).data[0]];
  for (const { index, embedding } of data) closeTo(embedding, (index % 3 === 0 ? boat : river)?.embedding ?? []);
});

test('a package without a vocabulary can’t be opened', async () => {
  const weights = tinyEncoderWeights();
  weights.delete('tokenizer.json');
  await expect(openTinyEncoder({ weights })).rejects.toMatchObject({ code: 'engine.load-failed' });
});
