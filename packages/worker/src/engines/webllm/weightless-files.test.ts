import { expect, test } from 'vitest';
import { weightlessFiles } from './weightless-files.ts';

const tensor = (name: string, byteOffset: number) => ({
  name,
  shape: [2, 3],
  dtype: 'float16',
  format: 'f32-to-bf16',
  nbytes: 12,
  byteOffset,
});
const cache = {
  metadata: { ParamSize: 3 },
  records: [
    { dataPath: 'params_shard_0.bin', format: 'raw-shard', nbytes: 24, records: [tensor('a', 0), tensor('b', 12)] },
    { dataPath: 'params_shard_1.bin', format: 'raw-shard', nbytes: 12, records: [tensor('c', 0)] },
  ],
};
const contents: Readonly<Record<string, unknown>> = {
  'mlc-chat-config.json': { a: 1 },
  'tokenizer.json': { b: 2 },
  'tensor-cache.json': cache,
  'model.wasm': 'library',
};
const paths = [...Object.keys(contents), 'params_shard_0.bin', 'params_shard_1.bin'];
const manifest = { files: paths.map((path) => ({ path, bytes: 1, sha256: '' })) };
/** The weights never come. */
const arriving = (changes: Readonly<Record<string, unknown>> = {}) => ({
  file: async (path: string) => {
    const content = { ...contents, ...changes }[path];
    if (content === undefined) throw new Error(`${path} has not arrived.`);
    return new Blob([JSON.stringify(content)]);
  },
});
const jsonOf = async (files: ReadonlyMap<string, Blob>, path: string) =>
  JSON.parse((await files.get(path)?.text()) ?? '');

test('of the weights nothing is waited for: each tensor is one number, by its own name', async () => {
  const files = await weightlessFiles(manifest, arriving());
  const { metadata, records } = await jsonOf(files, 'tensor-cache.json');
  expect(metadata).toEqual(cache.metadata);
  expect(records).toHaveLength(1);
  const [{ dataPath, nbytes, records: tensors }] = records;
  expect(tensors.map(({ name }: { name: string }) => name)).toEqual(['a', 'b', 'c']);
  expect(files.get(dataPath)?.size).toBe(nbytes);
  for (const one of tensors) expect(one).toMatchObject({ shape: [1], nbytes: 4, byteOffset: 0 });
});

test('the library, the configuration and the vocabulary are the package’s own', async () => {
  const files = await weightlessFiles(manifest, arriving());
  for (const path of ['mlc-chat-config.json', 'tokenizer.json', 'model.wasm'])
    expect(await jsonOf(files, path)).toEqual(contents[path]);
});

test('a package that lists no tensors, or has no library, is told as one that can’t be opened', async () => {
  for (const changes of [{ 'tensor-cache.json': {} }, { 'tensor-cache.json': { records: [{}] } }])
    await expect(weightlessFiles(manifest, arriving(changes))).rejects.toMatchObject({ code: 'engine.load-failed' });
  await expect(weightlessFiles({ files: [] }, arriving())).rejects.toMatchObject({ code: 'engine.load-failed' });
});

test('a file that does not come fails it', async () => {
  const files = { file: () => Promise.reject(new DOMException('stopped', 'AbortError')) };
  await expect(weightlessFiles(manifest, files)).rejects.toMatchObject({ name: 'AbortError' });
});
