import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { type EmbeddingFile, ensureEmbeddingModel } from './embedding-model.ts';
import { startFaultyFileServer } from './faulty-file-server.ts';

const content = Buffer.from('a graph, or a vocabulary');
const sha256 = createHash('sha256').update(content).digest('hex');

/** Files of the same content, each on a server of its own. */
async function setUp(names: readonly string[]) {
  const server = await startFaultyFileServer(content);
  const scratch = await scratchFolder();
  const files = names.map(
    (name): EmbeddingFile => ({
      model: { name, bytes: content.length, sha256 },
      sources: [{ name: 'a server', locate: async () => ({ url: server.url, bytes: content.length, sha256 }) }],
    }),
  );
  return {
    server,
    options: { folder: join(scratch.path, 'model'), files, output: { write: () => true } },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

test('brings every file and writes the configurations that the engine reads', async () => {
  await using at = await setUp(['model.onnx', 'tokenizer.json']);
  const { folder, paths } = await ensureEmbeddingModel(at.options);
  expect(paths).toEqual([
    'model.onnx',
    'tokenizer.json',
    'config.json',
    'tokenizer_config.json',
    '1_Pooling/config.json',
  ]);
  expect(await readFile(join(folder, 'tokenizer.json'))).toEqual(content);
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({
    architectures: ['BertModel'],
    max_position_embeddings: 512,
  });
});

test('fetches nothing twice, and again what is not whole any more', async () => {
  await using at = await setUp(['model.onnx']);
  await ensureEmbeddingModel(at.options);
  await ensureEmbeddingModel(at.options);
  expect(at.server.ranges).toHaveLength(1);
  await writeFile(join(at.options.folder, 'model.onnx'), 'spoilt');
  await ensureEmbeddingModel(at.options);
  expect(at.server.ranges).toHaveLength(2);
});
