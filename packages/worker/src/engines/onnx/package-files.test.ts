import { expect, test } from 'vitest';
import { readModelConfig } from './model-config.ts';
import { onnxFiles } from './package-files.ts';

function packageOf(...paths: readonly string[]) {
  const weights = new Map(paths.map((path) => [path, new Blob([path])]));
  return { weights, manifest: { files: paths.map((path) => ({ path, bytes: 1, sha256: '' })) } };
}

test.each([
  ['model.onnx', ['model.onnx_data', 'model.onnx_data_1']],
  ['model.onnx', ['model.onnx.data']],
  ['model.onnx', ['model.data']],
  ['model_q4f16.onnx', ['model_q4f16.onnx_data']],
])('%s takes the weights beside it, by the names that it knows: %j', async (graph, data) => {
  for (const folder of ['', 'onnx/']) {
    const paths = [graph, ...data].map((name) => folder + name);
    const { manifest, weights } = packageOf(...paths, 'config.json', 'tokenizer.json');
    const files = onnxFiles(manifest, weights);
    expect(await files.model.text()).toBe(folder + graph);
    expect(files.externalData.map(({ path }) => path)).toEqual(data);
  }
});

test('without a graph, with several, or with one that is not there it says so', () => {
  const failure = { code: 'engine.load-failed', advice: expect.any(String) };
  const { manifest, weights } = packageOf('config.json');
  expect(() => onnxFiles(manifest, weights)).toThrow(expect.objectContaining(failure));
  const several = packageOf('decoder.onnx', 'encoder.onnx');
  expect(() => onnxFiles(several.manifest, several.weights)).toThrow('2 ONNX files');
  expect(() => onnxFiles(packageOf('model.onnx').manifest, new Map())).toThrow('model.onnx is missing');
});

test.each([
  [{ architectures: ['LlamaForCausalLM'], eos_token_id: 2, max_position_embeddings: 9 }, 'decoder', [2, 7, 8], 9],
  [{ architectures: ['GPT2LMHeadModel'], eos_token_id: [3, 2] }, 'decoder', [3, 2, 7, 8], null],
  [{ architectures: ['BertModel'] }, 'encoder', [7, 8], null],
  [{}, 'decoder', [7, 8], null],
])('%j says what the model is and what ends its answers', async (config, kind, ends, contextLength) => {
  const weights = new Map([
    ['config.json', new Blob([JSON.stringify(config)])],
    ['generation_config.json', new Blob(['{"eos_token_id":[7,8]}'])],
  ]);
  expect(await readModelConfig(weights)).toEqual({ kind, endTokenIds: new Set(ends), contextLength });
});

test('without config.json the package is none', async () => {
  await expect(readModelConfig(new Map())).rejects.toMatchObject({ code: 'engine.load-failed' });
});
