import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { finishedFolder } from './finished-folder.ts';

test('it is filled once and found from then on, with the folders above it', async () => {
  await using scratch = await scratchFolder();
  const folder = join(scratch.path, 'deep', 'folder');
  let fills = 0;
  const fill = async (working: string) => {
    fills++;
    await writeFile(join(working, 'file'), 'content');
  };
  expect(await finishedFolder(folder, fill)).toBe(folder);
  expect(await finishedFolder(folder, fill)).toBe(folder);
  expect(fills).toBe(1);
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('content');
});

test('it has no name while it is being filled', async () => {
  await using scratch = await scratchFolder();
  const folder = join(scratch.path, 'folder');
  await finishedFolder(folder, async (working) => {
    expect(working).not.toBe(folder);
    expect(await readdir(scratch.path)).not.toContain('folder');
  });
});

test('what failed half-way leaves nothing, and the next one fills it', async () => {
  await using scratch = await scratchFolder();
  const folder = join(scratch.path, 'folder');
  const failing = async (working: string) => {
    await writeFile(join(working, 'half'), '');
    throw new Error('full');
  };
  await expect(finishedFolder(folder, failing)).rejects.toThrow('full');
  expect(await readdir(scratch.path)).toEqual([]);
  await finishedFolder(folder, (working) => writeFile(join(working, 'whole'), ''));
  expect(await readdir(folder)).toEqual(['whole']);
});

test('of two that fill it at once one stays, and nothing else', async () => {
  await using scratch = await scratchFolder();
  const folder = join(scratch.path, 'folder');
  const fill = (content: string) => (working: string) => writeFile(join(working, 'file'), content);
  await Promise.all([finishedFolder(folder, fill('one')), finishedFolder(folder, fill('two'))]);
  expect(await readdir(scratch.path)).toEqual(['folder']);
  expect(['one', 'two']).toContain(await readFile(join(folder, 'file'), 'utf8'));
});
