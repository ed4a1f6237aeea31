import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { openPartFile } from './part-file.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('a new part is empty', async () => {
  await using folder = await scratchFolder();
  const part = await openPartFile(join(folder.path, 'a.part'));
  expect(part.size).toBe(0);
  expect(part.sha256()).toBe(sha256(''));
  await part.close();
});

test('what is appended is on disk, counted and hashed', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'a.part');
  const part = await openPartFile(path);
  await part.append(Buffer.from('one '));
  await part.append(Buffer.from('two'));
  await part.close();
  expect(await readFile(path, 'utf8')).toBe('one two');
  expect(part.size).toBe(7);
  expect(part.sha256()).toBe(sha256('one two'));
});

test('the hash can be read in the middle without disturbing what follows', async () => {
  await using folder = await scratchFolder();
  const part = await openPartFile(join(folder.path, 'a.part'));
  await part.append(Buffer.from('one'));
  expect(part.sha256()).toBe(sha256('one'));
  await part.append(Buffer.from('two'));
  expect(part.sha256()).toBe(sha256('onetwo'));
  await part.close();
});

test('what an earlier run left is counted and hashed, and appended to', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'a.part');
  await writeFile(path, 'left ');
  const part = await openPartFile(path);
  expect(part.size).toBe(5);
  await part.append(Buffer.from('and more'));
  await part.close();
  expect(await readFile(path, 'utf8')).toBe('left and more');
  expect(part.sha256()).toBe(sha256('left and more'));
});

test('a restart forgets everything', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'a.part');
  await writeFile(path, 'wrong');
  const part = await openPartFile(path);
  await part.restart();
  await part.append(Buffer.from('right'));
  await part.close();
  expect(await readFile(path, 'utf8')).toBe('right');
  expect(part.size).toBe(5);
  expect(part.sha256()).toBe(sha256('right'));
});

test('an abort while the part is read is the signal’s reason', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'a.part');
  await writeFile(path, Buffer.alloc(1_000_000));
  await expect(openPartFile(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});
