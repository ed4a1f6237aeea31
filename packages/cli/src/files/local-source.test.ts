import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collect } from './collect.double.ts';
import { joinSources } from './joined-source.ts';
import { openLocalSource } from './local-source.ts';
import { memorySource } from './memory-source.double.ts';
import { readJson, readJsonIfAny, readText } from './read-small-file.ts';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-source-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const text = async (stream: AsyncIterable<Uint8Array>) => (await collect(stream)).toString();

test('a folder holds all that is below it, save what is hidden', async () => {
  const folder = await folderWith({ 'b.bin': '22', 'a/x.bin': '1', '.git/config': 'no', '.hidden': 'no' });
  const source = await openLocalSource(folder);
  expect(source.files).toEqual([
    { path: 'a/x.bin', bytes: 1 },
    { path: 'b.bin', bytes: 2 },
  ]);
  expect(source.localPath?.('a/x.bin')).toMatch(/a\/x\.bin$/);
  expect(await text(source.read('b.bin', { start: 1 }))).toBe('2');
});

test('links are followed, as folders of models are often made of them', async () => {
  const folder = await folderWith({ 'cache/blob': 'weights' });
  await mkdir(join(folder, 'model'));
  await symlink('../cache/blob', join(folder, 'model', 'model.onnx'));
  const source = await openLocalSource(join(folder, 'model'));
  expect(source.files).toEqual([{ path: 'model.onnx', bytes: 7 }]);
  expect(await text(source.read('model.onnx'))).toBe('weights');
});

test('a link that leads up does not go on for ever', async () => {
  const folder = await folderWith({ 'a.bin': '1' });
  await symlink('.', join(folder, 'self'));
  await expect(openLocalSource(folder)).rejects.toThrow('folders in folders without end');
});

test('a file is a source of its own, with the other parts where it is split', async () => {
  const parts = { 'm-00001-of-00002.gguf': '1', 'm-00002-of-00002.gguf': '22', 'n-00001-of-00002.gguf': '3' };
  const folder = await folderWith({ ...parts, 'other.gguf': '4' });
  const names = async (path: string) => (await openLocalSource(join(folder, path))).files.map((file) => file.path);
  expect(await names('other.gguf')).toEqual(['other.gguf']);
  expect(await names('m-00002-of-00002.gguf')).toEqual(['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf']);
  expect((await openLocalSource(join(folder, 'other.gguf'))).modelName).toBe('other.gguf');
});

test('what is not there is told', async () => {
  const folder = await folderWith({ file: '' });
  await expect(openLocalSource(join(folder, 'gone'))).rejects.toThrow('There is no file or folder');
  await expect(openLocalSource(join(folder, 'file', 'below'))).rejects.toThrow('There is no file or folder');
});

test('an abort ends reading with its reason', async () => {
  const source = await openLocalSource(await folderWith({ 'a.bin': 'abc' }));
  await expect(text(source.read('a.bin', { signal: AbortSignal.abort() }))).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('joined sources give the files of both, the added ones first', async () => {
  const folder = await openLocalSource(await folderWith({ 'a.bin': 'local', 'b.bin': 'both' }));
  const joined = joinSources(folder, memorySource({ 'b.bin': 'added', 'c.wasm': 'library' }));
  expect(joined.files.map(({ path }) => path)).toEqual(['a.bin', 'b.bin', 'c.wasm']);
  expect(await text(joined.read('a.bin'))).toBe('local');
  expect(await text(joined.read('b.bin'))).toBe('added');
  expect([joined.localPath?.('a.bin'), joined.localPath?.('c.wasm')]).toEqual([expect.stringMatching(/a\.bin$/), null]);
});

test('small files are read whole, and no more than may be of them', async () => {
  const source = memorySource({ 'a.json': '{"a":1}', 'b.json': '{"a":', 'long.json': 'x'.repeat(5_000) });
  expect(await readJson(source, 'a.json')).toEqual({ a: 1 });
  expect(await readJsonIfAny(source, 'a.json')).toEqual({ a: 1 });
  expect(await readJsonIfAny(source, 'none.json')).toBeUndefined();
  await expect(readJson(source, 'b.json')).rejects.toThrow('b.json in the source is not valid JSON');
  await expect(readText(source, 'long.json', { maxBytes: 4_999 })).rejects.toThrow('longer than the 4999 bytes');
});
