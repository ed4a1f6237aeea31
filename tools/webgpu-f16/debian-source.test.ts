import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { debianArchive, mesaSource } from './debian-source.ts';

const archive = 'https://mirror.example/debian';
const deb822 = `Types: deb\n# a snapshot\nURIs: ${archive}\nSuites: bookworm\nComponents: main\n`;

/** An /etc of a machine with that release and those files under apt/. */
async function etcWith(release: string, files: Record<string, string>) {
  const folder = await scratchFolder();
  await mkdir(join(folder.path, 'apt', 'sources.list.d'), { recursive: true });
  await writeFile(join(folder.path, 'os-release'), `NAME="Debian"\nVERSION_CODENAME=${release}\n`);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, 'apt', name), text);
  return folder;
}

test.each([
  ['deb822', deb822],
  ['one-line', `deb ${archive} bookworm main\n`],
  [
    'one-line with options',
    `# deb http://old.example/debian x main\ndeb [arch=amd64 trusted=no] ${archive} bookworm main\n`,
  ],
])('finds the Debian archive in a %s file', (_, text) => {
  expect(debianArchive(text)).toBe(archive);
});

test.each([
  ['the security archive', 'Types: deb\nURIs: https://mirror.example/debian-security\n'],
  ['somebody’s own packages', 'deb https://packages.example/node_20.x nodistro main\n'],
  ['nothing', ''],
])('does not take %s for it', (_, text) => {
  expect(debianArchive(text)).toBeUndefined();
});

test('Debian 12 takes Mesa from its backports, in the machine’s own archive', async () => {
  await using etc = await etcWith('bookworm', { 'sources.list.d/debian.sources': deb822 });
  expect(await mesaSource(etc.path)).toBe(
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${archive} bookworm-backports main`,
  );
});

test('Debian 13 has it itself', async () => {
  await using etc = await etcWith('trixie', { 'sources.list': `deb ${archive} trixie main\n` });
  expect(await mesaSource(etc.path)).toMatch(/\/debian trixie main$/);
});

test('another release, or a machine that is no Debian, has none', async () => {
  await using older = await etcWith('bullseye', { 'sources.list': `deb ${archive} bullseye main\n` });
  expect(await mesaSource(older.path)).toBeUndefined();
  await using bare = await scratchFolder();
  expect(await mesaSource(bare.path)).toBeUndefined();
});
