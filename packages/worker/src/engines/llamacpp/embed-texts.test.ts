import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { embedTexts } from './embed-texts.ts';

type Embedding = Parameters<typeof embedTexts>[0];
type Asked = Parameters<Embedding['createEmbedding']>[0];

/** Answers with vectors of two numbers, as the real one does: its own work is what test/e2e/engines/embedding.spec.ts shows. */
function setUp(answer: (asked: Asked) => unknown = () => [1, 0]) {
  const asked: Asked['input'][] = [];
  const wllama = {
    // What is read of it.
    getLoadedContextInfo: () => ({ n_embd: 2, n_vocab: 30 }) as ReturnType<Embedding['getLoadedContextInfo']>,
    async createEmbedding(options: Asked) {
      asked.push(options.input);
      // It may be anything that JSON can say.
      const embedding = (await answer(options)) as number[];
      const data = [{ object: 'embedding' as const, index: 0, embedding }];
      return { object: 'list' as const, model: '', data, usage: { prompt_tokens: 3, total_tokens: 3 } };
    },
  };
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined); // the model stays in most of these
  const embed = (input: string | string[] | number[], signal = new AbortController().signal) =>
    embedTexts(wllama, { model: 'm', input }, { contextLength: 16, gone: gone.promise, signal });
  return { embed, asked, gone };
}

test('asks for one text after the other, tells them in their order, and counts the tokens of all', async () => {
  const { embed, asked } = setUp(({ input }) => (input === 'boat' ? [0, 1] : [1, 0]));
  const { data, usage } = await embed(['boat', 'river']);
  expect(asked).toEqual(['boat', 'river']);
  expect(data.map(({ index, embedding }) => [index, embedding])).toEqual([
    [0, [0, 1]],
    [1, [1, 0]],
  ]);
  expect(usage).toEqual({ prompt_tokens: 6, total_tokens: 6 });
});

test('token ids go as they are, and those outside of the vocabulary nowhere', async () => {
  const { embed, asked } = setUp();
  await embed([3, 4]);
  expect(asked).toEqual([[3, 4]]);
  await expect(embed([30])).rejects.toMatchObject({ code: 'protocol.bad-request', param: 'input' });
});

test.each([
  'input (22 tokens) is too large to process. increase the physical batch size (current batch size: 16)',
  'input (22 tokens) is larger than the max context size (16 tokens). skipping',
])('"%s" is told with both figures', async (words) => {
  const { embed } = setUp(() => {
    throw new Error(words);
  });
  await expect(embed('a long text')).rejects.toMatchObject({
    code: 'engine.context-exceeded',
    param: 'input',
    message: expect.stringMatching(/22 tokens.*16/),
  });
});

test('another error says nothing of its own words, which may quote the text', async () => {
  const { embed } = setUp(() => {
    throw new Error('cannot make sense of: plover');
  });
  const error: unknown = await embed('plover').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'engine.failed' });
  expect(JSON.stringify(error)).not.toContain('plover');
});

test.each([[[Number.NaN, 1]], [[null, 1]], [[1]], [undefined]])('%o is no vector', async (values) => {
  await expect(setUp(() => values).embed('boat')).rejects.toMatchObject({ code: 'engine.failed' });
});

test('an abort is heard between two texts', async () => {
  const stop = new AbortController();
  const { embed, asked } = setUp(() => {
    stop.abort();
    return [1, 0];
  });
  await expect(embed(['boat', 'river'], stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(asked).toEqual(['boat']);
});

test('whoever waits is told when the model goes', async () => {
  const { embed, gone } = setUp(() => new Promise(() => undefined));
  const waiting = embed('boat');
  gone.reject(new OrillaError('engine.crashed', 'The engine came to an end.'));
  await expect(waiting).rejects.toMatchObject({ code: 'engine.crashed' });
});
