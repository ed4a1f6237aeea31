import { expect, test } from 'vitest';
import { writeGguf } from '../../text/gguf.double.ts';
import { modelTask } from './model-task.ts';

const read = (architecture: string, pooling?: number) =>
  modelTask(
    new Blob([
      writeGguf([
        ['general.architecture', architecture],
        ['tokenizer.ggml.tokens', ['a', 'b']],
        ...(pooling === undefined ? [] : ([[`${architecture}.pooling_type`, pooling, 'u32']] as const)),
      ]),
    ]),
  );

test('a model that says nothing of pooling writes answers', async () => {
  expect(await read('llama')).toEqual({ task: 'answers' });
  expect(await read('qwen3', 0)).toEqual({ task: 'answers' });
});

test.each([
  ['bert', 1, 'mean'],
  ['bert', 2, 'cls'],
  ['qwen3', 3, 'last'],
])(
  'a %s with pooling %i makes embeddings by %s, wherever in the header it says so',
  async (architecture, number, pooling) => {
    expect(await read(architecture, number)).toEqual({ task: 'embeddings', pooling, contextLength: null });
  },
);

test.each(['bert', 'nomic-bert', 'jina-bert-v2', 'modern-bert', 'nomic-bert-moe', 't5encoder'])(
  'a %s can write nothing: without a word of pooling it is the mean',
  async (architecture) => {
    expect(await read(architecture)).toMatchObject({ task: 'embeddings', pooling: 'mean' });
  },
);

test('tells how many tokens a text may have', async () => {
  const file = writeGguf([
    ['general.architecture', 'bert'],
    ['bert.context_length', 512, 'u32'],
  ]);
  expect(await modelTask(new Blob([file]))).toMatchObject({ contextLength: 512 });
});

test('one that ranks texts is refused, and not taken for another', async () => {
  await expect(read('bert', 4)).rejects.toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringContaining('pooling, number 4'),
  });
});

test('what is no GGUF is said to be none', async () => {
  await expect(modelTask(new Blob(['a page that says that there is no model']))).rejects.toMatchObject({
    code: 'engine.load-failed',
  });
});
