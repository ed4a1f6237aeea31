import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { ensureModelFolder, type ModelFolderOptions } from './model-folder.ts';

type Convert = NonNullable<ModelFolderOptions['convert']>;

/** Copies the GGUF: what is asked here is where a conversion ends up, not what it computes. */
const copy: Convert = async (ggufPath, folder) => writeFile(join(folder, 'config.json'), await readFile(ggufPath));

const never: Convert = () => Promise.reject(new Error('converted again'));

async function withGguf(content = 'a model') {
  const scratch = await scratchFolder();
  const gguf = join(scratch.path, 'model.gguf');
  await writeFile(gguf, content);
  return { ...scratch, gguf, models: join(scratch.path, 'models') };
}

test('converts into a folder named after the bytes of the GGUF', async () => {
  await using place = await withGguf();
  const folder = await ensureModelFolder(place.gguf, place.models, 'python', { convert: copy });
  expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe('a model');
  // The first 16 digits of the SHA-256 of "a model".
  expect(folder).toContain(join(place.models, '97ff8a35544dcf40'));
});

test('converts once', async () => {
  await using place = await withGguf();
  const first = await ensureModelFolder(place.gguf, place.models, 'python', { convert: copy });
  const said: string[] = [];
  const log = (message: string) => said.push(message);
  expect(await ensureModelFolder(place.gguf, place.models, 'python', { convert: never, log })).toBe(first);
  expect(said).toEqual([]);
});

test('another GGUF gets another folder', async () => {
  await using place = await withGguf();
  const first = await ensureModelFolder(place.gguf, place.models, 'python', { convert: copy });
  await writeFile(place.gguf, 'another model');
  expect(await ensureModelFolder(place.gguf, place.models, 'python', { convert: copy })).not.toBe(first);
  expect(await readdir(place.models)).toHaveLength(2);
});

test('a conversion that fails half way leaves nothing behind', async () => {
  await using place = await withGguf();
  const convert: Convert = async (ggufPath, folder, options) => {
    await copy(ggufPath, folder, options);
    throw new Error('no disk left');
  };
  await expect(ensureModelFolder(place.gguf, place.models, 'python', { convert })).rejects.toThrow('no disk left');
  expect(await readdir(place.models)).toEqual([]);
});

test('the folder has its name only when it is whole', async () => {
  await using place = await withGguf();
  const convert: Convert = async (ggufPath, folder, options) => {
    await copy(ggufPath, folder, options);
    expect(await readdir(place.models)).toEqual([expect.stringMatching(/^converting-/)]);
  };
  await access(await ensureModelFolder(place.gguf, place.models, 'python', { convert }));
});

test('two conversions at once end with one folder', async () => {
  await using place = await withGguf();
  const both = [0, 1].map(() => ensureModelFolder(place.gguf, place.models, 'python', { convert: copy }));
  const [first, second] = await Promise.all(both);
  expect(first).toBe(second);
  expect(await readdir(place.models)).toHaveLength(1);
});

test('a GGUF that is not there is an error that names it', async () => {
  await using place = await withGguf();
  await expect(ensureModelFolder('/no/model.gguf', place.models, 'python', { convert: never })).rejects.toThrow(
    '/no/model.gguf',
  );
});
