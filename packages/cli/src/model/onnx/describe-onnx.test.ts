import { expect, test } from 'vitest';
import { memorySource } from '../../files/memory-source.double.ts';
import { describeOnnx } from './describe-onnx.ts';
import { tinyOnnx } from './tiny-onnx.double.ts';

const config = {
  model_type: 'llama',
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  hidden_size: 64,
  intermediate_size: 128,
  max_position_embeddings: 256,
};
const folder = {
  'config.json': JSON.stringify(config),
  'generation_config.json': '{}',
  'model.onnx': tinyOnnx({ external: ['model.onnx_data'] }),
  'model.onnx_data': 'weights',
  'README.md': 'not for the package',
  'tokenizer_config.json': JSON.stringify({ chat_template: '{{ messages }}' }),
};

const describe = (files: Record<string, string | Uint8Array>, choose?: string[]) =>
  describeOnnx(memorySource(files), choose ? { choose } : {});

test('a graph, its weights, and what tells about it make a package', async () => {
  const described = await describe(folder);
  expect(described.files.map(({ path }) => path)).toEqual([
    'model.onnx',
    'model.onnx_data',
    'config.json',
    'generation_config.json',
    'tokenizer_config.json',
  ]);
  expect(described).toMatchObject({
    engine: 'onnx',
    maxContextLength: 256,
    // 2 layers × 2 KV heads × 16 wide × keys and values × 4 bytes
    memory: { weights: folder['model.onnx'].length + 7, kvPerToken: 2 * 2 * 16 * 2 * 4, scratch: 16 * 1024 * 1024 },
    chatTemplateDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(described).not.toHaveProperty('tokenizerDigest');
});

test('a graph that computes in 16 bits keeps its cache so', async () => {
  const { 'model.onnx': _, 'model.onnx_data': __, ...rest } = folder;
  const described = await describe({ ...rest, 'onnx/model_q4f16.onnx': tinyOnnx() });
  expect(described.memory.kvPerToken).toBe(2 * 2 * 16 * 2 * 2);
  expect(described.files[0]?.path).toBe('onnx/model_q4f16.onnx');
});

test('of several graphs one has to be named, and brings its own weights only', async () => {
  const four = tinyOnnx({ external: ['model_q4.onnx_data', 'model_q4.onnx_data_1'] });
  const several = { ...folder, 'model_q4.onnx': four, 'model_q4.onnx_data': 'w4', 'model_q4.onnx_data_1': 'w41' };
  await expect(describe(several)).rejects.toThrow('several graphs: say which one by --file.\n  model.onnx');
  const paths = (await describe(several, ['model_q4.onnx'])).files.map(({ path }) => path);
  expect(paths.filter((path) => path.includes('onnx'))).toEqual([
    'model_q4.onnx',
    'model_q4.onnx_data',
    'model_q4.onnx_data_1',
  ]);
  expect((await describe(several, ['model.onnx', 'model_q4.onnx'])).files).toHaveLength(8);
  // Named twice it is still one.
  const twice = (await describe(several, ['model_q4.onnx', 'model_q4.onnx'])).files;
  expect(twice.map(({ path }) => path)).toEqual(paths);
});

test('weights go along by whatever name the graph has for them, and nothing that it does not name', async () => {
  const graph = tinyOnnx({ external: ['weights/a.bin', 'b.weights', '../shared.bin'] });
  const files = {
    'onnx/weights/a.bin': 'a',
    'onnx/b.weights': 'bb',
    'shared.bin': 'ccc',
    'onnx/model.onnx_data': 'no',
  };
  const { 'model.onnx': _, 'model.onnx_data': __, ...rest } = folder;
  const described = await describe({ ...rest, 'onnx/model.onnx': graph, ...files });
  expect(described.files.map(({ path }) => path).slice(0, 4)).toEqual([
    'onnx/model.onnx',
    'onnx/weights/a.bin',
    'onnx/b.weights',
    'shared.bin',
  ]);
  expect(described.memory.weights).toBe(graph.length + 6);
});

test.each(['model.onnx_data', 'weights.bin', '../../escaped.bin', '/etc/passwd'])(
  'a graph whose tensors lie in %s, which is not there, would be half a model: it is refused',
  async (name) => {
    const { 'model.onnx_data': _, ...rest } = folder;
    const graph = tinyOnnx({ external: [name] });
    await expect(describe({ ...rest, 'model.onnx': graph })).rejects.toThrow(
      `The tensors of model.onnx lie in ${JSON.stringify(name)} beside it, and the source does not hold that.`,
    );
  },
);

test('a graph that is no ONNX file is refused', async () => {
  await expect(describe({ ...folder, 'model.onnx': '<!doctype html>' })).rejects.toThrow('is no ONNX file');
});

test('logits of every token of a batch are counted, for a model that writes', async () => {
  const withVocabulary = (change: object) => JSON.stringify({ ...config, vocab_size: 150_000, ...change });
  const { memory } = await describe({ ...folder, 'config.json': withVocabulary({}) });
  expect(memory.scratch).toBe(256 * (6 * 64 + 3 * 128 + 150_000) * 4);
  const encoder = await describe({ ...folder, 'config.json': withVocabulary({ model_type: 'bert' }) });
  expect(encoder.memory.scratch).toBe(16 * 1024 * 1024);
});

test("ONNX Runtime's own description serves where there is no other, and its context comes first", async () => {
  const decoder = {
    num_hidden_layers: 3,
    num_key_value_heads: 1,
    num_attention_heads: 4,
    head_size: 8,
    hidden_size: 32,
  };
  const genai = JSON.stringify({ model: { context_length: 64, decoder } });
  const { 'config.json': _, ...rest } = folder;
  expect(await describe({ ...rest, 'genai_config.json': genai })).toMatchObject({
    maxContextLength: 64,
    memory: { kvPerToken: 3 * 1 * 8 * 2 * 4 },
  });
  expect((await describe({ ...folder, 'genai_config.json': genai })).maxContextLength).toBe(64);
});

test('a model that only embeds keeps nothing between tokens; older words are understood', async () => {
  const encoder = { ...config, model_type: 'bert', num_key_value_heads: undefined };
  expect((await describe({ ...folder, 'config.json': JSON.stringify(encoder) })).memory.kvPerToken).toBe(0);
  const gpt2 = { model_type: 'gpt2', n_layer: 2, n_head: 4, n_embd: 64, n_positions: 100 };
  expect(await describe({ ...folder, 'config.json': JSON.stringify(gpt2) })).toMatchObject({
    maxContextLength: 100,
    memory: { kvPerToken: 2 * 4 * 16 * 2 * 4 },
  });
  const seeing = JSON.stringify({ model_type: 'smolvlm', text_config: config });
  expect((await describe({ ...folder, 'config.json': seeing })).maxContextLength).toBe(256);
});

test('a template of its own file, or one of several by the name of default, is the template', async () => {
  const digestOf = async (files: Record<string, string>) =>
    (await describe({ ...folder, ...files })).chatTemplateDigest;
  const plain = await digestOf({});
  const named = [
    { name: 'tool_use', template: 'tools' },
    { name: 'default', template: '{{ messages }}' },
  ];
  expect(await digestOf({ 'tokenizer_config.json': JSON.stringify({ chat_template: named }) })).toBe(plain);
  expect(await digestOf({ 'tokenizer_config.json': '{}', 'chat_template.jinja': '{{ messages }}\n' })).toBe(plain);
  expect(await digestOf({ 'chat_template.jinja': 'another' })).not.toBe(plain);
});

test('what is missing is told by its name', async () => {
  const { 'model.onnx': _, ...noGraph } = folder;
  await expect(describe(noGraph)).rejects.toThrow('the source holds no ONNX file');
  const { 'config.json': __, ...noConfig } = folder;
  await expect(describe(noConfig)).rejects.toThrow('does not say max_position_embeddings');
  const context = JSON.stringify({ max_position_embeddings: 8 });
  await expect(describe({ ...folder, 'config.json': context })).rejects.toThrow('needs a config.json');
  await expect(describe({ ...folder, 'config.json': '{"' })).rejects.toThrow('config.json in the source is not valid');
});

test('an encoder is packed for embeddings, with what tells how its vectors are made', async () => {
  const encoder = { ...config, model_type: 'bert' };
  const pooling = JSON.stringify({ pooling_mode_cls_token: true });
  const files = { ...folder, 'config.json': JSON.stringify(encoder), '1_Pooling/config.json': pooling };
  const described = await describe(files);
  expect(described.task).toBe('embedding');
  expect(described.files.map(({ path }) => path)).toContain('1_Pooling/config.json');
  expect(await describe(folder)).not.toHaveProperty('task');
});
