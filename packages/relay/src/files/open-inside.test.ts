import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInside } from './open-inside.ts';

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'orilla-files-'));
  folder = join(root, 'public');
  await mkdir(join(folder, 'deep', 'er'), { recursive: true });
  await mkdir(join(folder, '.hidden'));
  await mkdir(join(root, 'public-not'));
  for (const path of [
    'public/a.txt',
    'public/deep/er/b.txt',
    'public/.hidden/c.txt',
    'public/.env',
    'outside.txt',
    'public-not/d.txt',
  ])
    await writeFile(join(root, path), path);
  await symlink(join(folder, 'a.txt'), join(folder, 'inside-link.txt'));
  await symlink(join(root, 'outside.txt'), join(folder, 'outside-link.txt'));
  await symlink(root, join(folder, 'up'));
  await symlink(join(root, 'public-not'), join(folder, 'sibling'));
  await symlink(join(folder, 'loop'), join(folder, 'loop'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function read(path: string): Promise<string | undefined> {
  const file = await openInside(folder, path);
  if (!file) return undefined;
  try {
    return await file.handle.readFile('utf8');
  } finally {
    await file.handle.close();
  }
}

test.each([
  ['a.txt', 'public/a.txt'],
  ['deep/er/b.txt', 'public/deep/er/b.txt'],
  ['inside-link.txt', 'public/a.txt'],
])('%s is opened', async (path, text) => {
  expect(await read(path)).toBe(text);
});

test('size and time of a file are told', async () => {
  const file = await openInside(folder, 'a.txt');
  await file?.handle.close();
  expect(file).toMatchObject({ bytes: 12, modifiedMs: expect.any(Number) });
});

test('a folder that is itself reached through a link is served', async () => {
  await symlink(folder, join(root, 'link-to-public'));
  const file = await openInside(join(root, 'link-to-public'), 'a.txt');
  expect(file).toBeDefined();
  await file?.handle.close();
});

test.each([
  '',
  '.',
  '..',
  '../outside.txt',
  'deep/../a.txt',
  'deep/./er/b.txt',
  'deep//er/b.txt',
  '/a.txt',
  'a.txt/',
  'deep',
  'deep/er',
  'missing.txt',
  'a.txt/b',
  '.env',
  '.hidden/c.txt',
  'outside-link.txt',
  'up/outside.txt',
  'sibling/d.txt',
  'loop',
  'a.txt\0',
  '\0',
  'deep\\er\\b.txt',
  '..\\outside.txt',
  'C:a.txt',
  `${'x'.repeat(300)}.txt`,
  `${'deep/'.repeat(2_000)}a.txt`,
])('%j is no file', async (path) => {
  expect(await read(path)).toBeUndefined();
});

test('a folder that does not exist has no files', async () => {
  expect(await openInside(join(root, 'nowhere'), 'a.txt')).toBeUndefined();
});

test('however a path is put together, nothing outside is ever opened', async () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '',
    'a.txt',
    'deep',
    'er',
    'up',
    'public',
    'outside.txt',
    'sibling',
    'd.txt',
    '.hidden',
    'c.txt',
    '%2e%2e',
    '\\',
    'b.txt',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
      const text = await read(parts.join('/'));
      if (text !== undefined) expect(['public/a.txt', 'public/deep/er/b.txt']).toContain(text);
    }),
    { numRuns: 500 },
  );
});
