import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/test/scratch-folder.ts';
import { isWeights, MiB, readFolder, servedWeights } from './served-weights.ts';

const bytes = 40 * MiB;
const { files, describe } = await servedWeights(bytes);
const json = (path: string) => JSON.parse(Buffer.from(files.get(path) ?? []).toString());
const whole = Buffer.from(files.get('models/bench/files/model.gguf') ?? []);

test('the package and the folder of shards are the same bytes', () => {
  const shards = [0, 1].map((index) => files.get(`web-llm/params_shard_${index}.bin`) ?? new Uint8Array());
  expect(whole.length).toBe(bytes);
  expect(Buffer.concat(shards).equals(whole)).toBe(true);
});

test('the package is cut into chunks of 8 MiB, the shards are of 32 MiB', () => {
  const [file] = json('models/bench/manifest.json').files;
  expect(file.chunks.map(({ length }: { length: number }) => length)).toEqual(Array(5).fill(8 * MiB));
  const { records } = json('web-llm/tensor-cache.json');
  expect(records.map(({ nbytes }: { nbytes: number }) => nbytes)).toEqual([32 * MiB, 8 * MiB]);
  for (const { dataPath } of records) expect(files.has(`web-llm/${dataPath}`)).toBe(true);
});

test('whatever is described is served', () => {
  const origin = 'http://127.0.0.1:1';
  const { pkg, fileUrl, webLlmUrl } = describe(origin);
  const [source] = pkg.sources;
  const mirror = source?.kind === 'mirror' ? source.url : '';
  for (const url of [`${mirror}manifest.json`, fileUrl, `${webLlmUrl}tensor-cache.json`])
    expect(files.has(url.slice(origin.length + 1)), url).toBe(true);
});

test('weights are what carries weights, not what describes them', () => {
  expect([...files.keys()].filter((path) => !isWeights(path))).toEqual([
    'models/bench/manifest.json',
    'web-llm/tensor-cache.json',
  ]);
});

test('a folder is read with everything in it, by the paths of the web', async () => {
  await using folder = await scratchFolder();
  await mkdir(join(folder.path, 'assets'));
  await writeFile(join(folder.path, 'index.html'), 'page');
  await writeFile(join(folder.path, 'assets', 'main.js'), 'code');
  const read = await readFolder(folder.path);
  expect([...read.keys()].toSorted()).toEqual(['assets/main.js', 'index.html']);
  expect(Buffer.from(read.get('assets/main.js') ?? []).toString()).toBe('code');
});
