import type { ArrivingFiles, ModelManifest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { weightlessFiles } from './weightless-files.ts';

const graph = new Blob(['graph']);

function arriving() {
  const asked: string[] = [];
  const files: ArrivingFiles = {
    async file(path) {
      asked.push(path);
      return graph;
    },
  };
  return { asked, files };
}

const manifestOf = (sizes: Readonly<Record<string, number>>): Pick<ModelManifest, 'files'> => ({
  files: Object.entries(sizes).map(([path, bytes]) => ({ path, bytes, sha256: '' })),
});

test('zeros stand in the place of weights that lie beside the graph, by the names that it knows them by', async () => {
  const { asked, files } = arriving();
  const sizes = { 'onnx/model.onnx': 5, 'onnx/model.onnx_data': 2_500_000, 'onnx/model.onnx_data_1': 7, 'a.json': 2 };
  const made = await weightlessFiles(manifestOf(sizes), files);
  expect(asked).toEqual(['onnx/model.onnx']);
  expect(made?.model).toBe(graph);
  expect(made?.externalData.map(({ path, data }) => [path, data.size])).toEqual([
    ['model.onnx_data', 2_500_000],
    ['model.onnx_data_1', 7],
  ]);
  for (const { data } of made?.externalData ?? []) {
    const bytes = new Uint8Array(await data.arrayBuffer());
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  }
});

test.each([
  ['lie in the graph itself', { 'model.onnx': 5 }],
  ['would take too much memory', { 'model.onnx': 5, 'model.onnx_data': 257 * 1024 ** 2 }],
])('weights that %s have none, and nothing is waited for', async (_, sizes) => {
  const { asked, files } = arriving();
  expect(await weightlessFiles(manifestOf(sizes), files)).toBeNull();
  expect(asked).toEqual([]);
});

test('a package without a graph is told as such', async () => {
  await expect(weightlessFiles(manifestOf({ 'a.gguf': 1 }), arriving().files)).rejects.toMatchObject({
    code: 'engine.load-failed',
  });
});
