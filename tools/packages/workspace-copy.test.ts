import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { copyWorkspace } from './workspace-copy.ts';

const root = join(import.meta.dirname, '..', '..');

test('holds the sources and nothing that was built', async () => {
  await using folder = await scratchFolder();
  const { packages } = await copyWorkspace(folder.path);
  const source = join('contract', 'src', 'index.ts');
  expect(await readFile(join(packages, source), 'utf8')).toBe(await readFile(join(root, 'packages', source), 'utf8'));
  expect(existsSync(join(packages, 'contract', 'dist'))).toBe(false);
  expect(existsSync(join(packages, 'contract', 'tsconfig.tsbuildinfo'))).toBe(false);
});

test('a package of the workspace means the copy, every other the installed one', async () => {
  await using folder = await scratchFolder();
  const { packages } = await copyWorkspace(folder.path);
  const modules = join(folder.path, 'node_modules');
  expect(await realpath(join(modules, '@orilla', 'contract'))).toBe(await realpath(join(packages, 'contract')));
  expect(await realpath(join(modules, 'typescript'))).toBe(await realpath(join(root, 'node_modules', 'typescript')));
});
