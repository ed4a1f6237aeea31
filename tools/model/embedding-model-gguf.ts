import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';
import { embeddingGguf } from './embedding-gguf.ts';
import { type EmbeddingModel, ensureEmbeddingModel } from './embedding-model.ts';
import { readOnnxGraph } from './onnx-tensors.ts';
import { type EnsureStarterModelOptions, isWhole, type ModelFile } from './starter-model.ts';

/** What the conversion makes of the two files that it reads, to the last byte. */
const converted: ModelFile = {
  name: 'all-MiniLM-L6-v2.f16.gguf',
  bytes: 46_220_352,
  sha256: '1fb82e8041be9b97396c93913fc439127ffeaf8bb878a50acf49aea6e525c042',
};

/**
 * The embedding model as a GGUF, made of the weights in its ONNX: what llama.cpp makes of a text can be held against what onnxruntime
 * makes of it. 46 MB, written in a few seconds and kept in the cache.
 * @throws Error as `ensureEmbeddingModel`
 */
export async function ensureEmbeddingGguf(
  options: Pick<EnsureStarterModelOptions, 'signal' | 'log'> = {},
): Promise<{ readonly path: string; readonly license: EmbeddingModel['license'] }> {
  const path = join(cacheFolder(['models']), converted.name);
  const { folder, license } = await ensureEmbeddingModel(options);
  if (await isWhole(path, converted, options.signal)) return { path, license };
  const [graph, tokenizer] = await Promise.all([
    readFile(join(folder, 'model.onnx')),
    readFile(join(folder, 'tokenizer.json'), 'utf8'),
  ]);
  const working = `${path}.${process.pid}`;
  try {
    await writeFile(working, embeddingGguf(readOnnxGraph(graph), JSON.parse(tokenizer)));
    if (!(await isWhole(working, converted, options.signal)))
      throw new Error('The embedding model was converted into another GGUF than the one that tests are made for.');
    await rename(working, path);
  } finally {
    await rm(working, { force: true });
  }
  return { path, license };
}
