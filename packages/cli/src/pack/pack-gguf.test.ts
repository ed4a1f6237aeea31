import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@orilla/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tinyGguf } from '../model/gguf/tiny-gguf.double.ts';
import { FolderTarget } from '../target/folder-target.ts';
import { verifyMirror } from '../verify/verify-mirror.ts';
import { ensurePackage } from './ensure-package.ts';
import { packGguf } from './pack-gguf.ts';

let root: string;
let path: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'orilla-pack-'));
  path = join(root, 'tiny.gguf');
  folder = join(root, 'mirror');
  await writeFile(path, tinyGguf());
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const pack = () => packGguf({ path, id: 'tiny', license: 'Apache-2.0', folder });

test('a GGUF file becomes a folder with a manifest that holds, and the file itself under another name', async () => {
  const manifest = await pack();
  expect(parseManifest(JSON.parse(await readFile(join(folder, 'tiny', 'manifest.json'), 'utf8')))).toEqual(manifest);
  const packed = join(folder, 'tiny', 'files', 'tiny.gguf');
  expect((await stat(packed)).ino).toBe((await stat(path)).ino);
  expect((await readdir(join(folder, 'tiny'), { recursive: true })).toSorted()).toEqual([
    'files',
    'files/tiny.gguf',
    'manifest.json',
  ]);
});

test('packing again replaces the package', async () => {
  const before = await pack();
  expect(await pack()).toEqual(before);
  expect((await readdir(join(folder, 'tiny', 'files'))).toSorted()).toEqual(['tiny.gguf']);
});

test('a link to a GGUF file is packed as the file that it leads to', async () => {
  const linked = join(root, 'linked.gguf');
  await symlink(path, linked);
  await packGguf({ path: linked, id: 'tiny', license: 'Apache-2.0', folder });
  expect((await lstat(join(folder, 'tiny', 'files', 'linked.gguf'))).ino).toBe((await stat(path)).ino);
});

test('of two that make one package at once, one makes it whole and the other is refused', async () => {
  await writeFile(join(root, 'other.gguf'), tinyGguf({ tensorBytes: 50_000 }));
  for (let round = 0; round < 20; round++) {
    const both = await Promise.allSettled([
      pack(),
      packGguf({ path: join(root, 'other.gguf'), id: 'tiny', license: 'MIT', folder }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await verifyMirror(new FolderTarget(folder))).faults).toEqual([]);
  }
});

test('an abort is an abort, and leaves no manifest', async () => {
  await expect(packGguf({ path, id: 'tiny', license: 'x', folder, signal: AbortSignal.abort() })).rejects.toMatchObject(
    { name: 'AbortError' },
  );
  await expect(readFile(join(folder, 'tiny', 'manifest.json'))).rejects.toThrow('ENOENT');
});

test('a file that is no GGUF, or is not there, is refused', async () => {
  await writeFile(path, 'not a model at all, but long enough to look at the beginning of it');
  await expect(pack()).rejects.toThrow('no GGUF');
  await rm(path);
  await expect(pack()).rejects.toThrow('There is no file or folder');
});

test('an existing package is left alone, and made anew once anything of it is missing or different', async () => {
  const options = {
    path,
    id: 'tiny',
    license: 'Apache-2.0',
    folder,
    contextLength: 64,
    sha256: sha256(await readFile(path)),
  };
  const said: string[] = [];
  const ensure = (change: object = {}) =>
    ensurePackage({ ...options, ...change, log: (message) => said.push(message) });
  const count = async (change: object = {}) => {
    const before = said.length;
    await ensure(change);
    return said.length - before;
  };
  expect((await ensure()).contextLength).toBe(64);
  expect(await count()).toBe(0);
  await rm(join(folder, 'tiny', 'files', 'tiny.gguf'));
  expect(await count()).toBe(1);
  await writeFile(join(folder, 'tiny', 'manifest.json'), '{"schema":');
  expect(await count()).toBe(1);
  expect(await count({ contextLength: 128 })).toBe(1);
  expect(await count({ contextLength: 128, license: 'MIT' })).toBe(1);
  expect(await count({ sha256: '0'.repeat(64) })).toBe(1);
  await rm(join(folder, 'tiny', 'manifest.json'));
  expect(await count()).toBe(1);
  const manifest = join(folder, 'tiny', 'manifest.json');
  const { tokenizerDigest: _, ...older } = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(manifest, JSON.stringify(older));
  expect(await count()).toBe(1);
  expect(await count()).toBe(0);
});
