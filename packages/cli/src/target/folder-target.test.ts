import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collect } from '../files/collect.double.ts';
import { FolderTarget } from './folder-target.ts';
import { packageOf } from './package-paths.ts';

async function setUp() {
  const root = await mkdtemp(join(tmpdir(), 'orilla-target-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const folder = join(root, 'mirror');
  const at = (path: string) => join(folder, path);
  return { root, folder, at, target: new FolderTarget(folder) };
}

async function* pieces(...texts: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

async function text(stream: AsyncIterable<Uint8Array> | null): Promise<string | null> {
  return stream && (await collect(stream)).toString();
}

test('a file is put, listed, read and removed; folders are made for it', async () => {
  const { target } = await setUp();
  expect(await target.listFiles(null)).toEqual([]);
  await target.putFile('a/files/deep/x.bin', pieces('one', 'two'), { bytes: 6 });
  expect(await target.listFiles(null)).toEqual([{ path: 'a/files/deep/x.bin', bytes: 6 }]);
  expect(await target.listFiles('a')).toEqual([{ path: 'a/files/deep/x.bin', bytes: 6 }]);
  expect(await target.listFiles('b')).toEqual([]);
  expect(await text(await target.readFile('a/files/deep/x.bin'))).toBe('onetwo');
  await target.removeFile('a/files/deep/x.bin');
  await target.removeFile('a/files/deep/x.bin');
  expect(await target.readFile('a/files/deep/x.bin')).toBeNull();
  expect(await target.readFile('a/files')).toBeNull();
});

test('nothing stands under the name before all has come, and what stood there stays until then', async () => {
  const { target, at } = await setUp();
  await target.putFile('x', pieces('before'), { bytes: 6 });
  const seen: string[] = [];
  async function* watching() {
    yield Buffer.from('after');
    seen.push(await readFile(at('x'), 'utf8'));
  }
  await target.putFile('x', watching(), { bytes: 5 });
  expect(seen).toEqual(['before']);
  expect(await readFile(at('x'), 'utf8')).toBe('after');
});

test('what ends early leaves nothing, or its part where it is to be continued', async () => {
  const { target, folder } = await setUp();
  const lost = new Error('lost');
  await expect(target.putFile('x', pieces('one', lost), { bytes: 6 })).rejects.toBe(lost);
  expect(await readdir(folder)).toEqual([]);
  const part = (bytes: number) => ({ part: { path: 'x.1234.part', bytes } });
  await expect(target.putFile('x', pieces('one', lost), { bytes: 6, ...part(0) })).rejects.toBe(lost);
  expect(await readdir(folder)).toEqual(['x.1234.part']);
  await target.putFile('x', pieces('two'), { bytes: 6, ...part(3) });
  expect(await readdir(folder)).toEqual(['x']);
  expect(await text(await target.readFile('x'))).toBe('onetwo');
});

test('an abort in the middle is an abort', async () => {
  const { target, folder } = await setUp();
  const stop = new AbortController();
  async function* aborting() {
    yield Buffer.from('one');
    stop.abort();
    yield Buffer.from('two');
  }
  await expect(target.putFile('x', aborting(), { bytes: 6, signal: stop.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('a file of this disk is linked, also when the same one stands there already', async () => {
  const { target, root, at } = await setUp();
  const from = join(root, 'model.gguf');
  await writeFile(from, 'weights');
  for (let times = 0; times < 2; times++) {
    expect(await target.linkFile('a/files/m', from)).toBe(true);
    expect((await stat(at('a/files/m'))).ino).toBe((await stat(from)).ino);
    expect(await readdir(at('a/files'))).toEqual(['m']);
  }
});

test('a link is followed: a mirror gives nothing that leads out of it', async () => {
  const { target, root, at } = await setUp();
  await writeFile(join(root, 'blob'), 'weights');
  await symlink('blob', join(root, 'model.gguf'));
  expect(await target.linkFile('m', join(root, 'model.gguf'))).toBe(true);
  expect((await stat(at('m'))).ino).toBe((await stat(join(root, 'blob'))).ino);
});

test('a link that leads out of the files of its package is no file, as for the relay; one within them is', async () => {
  const { target, root, folder, at } = await setUp();
  await writeFile(join(root, 'outside'), 'secret');
  await target.putFile('a/files/real', pieces('weights'), { bytes: 7 });
  await target.putFile('a/manifest.json', pieces('{}'), { bytes: 2 });
  await symlink(join(root, 'outside'), at('a/files/out'));
  await symlink('../manifest.json', at('a/files/up'));
  await symlink(root, at('a/files/folder'));
  await symlink('real', at('a/files/within'));
  for (const name of ['out', 'up', 'folder/outside'])
    await expect(target.readFile(`a/files/${name}`), name).rejects.toThrow(`a/files/${name} leads out of its package`);
  expect(await text(await target.readFile('a/files/within'))).toBe('weights');
  // The package itself may be a link, and so may the mirror.
  await symlink('a', at('b'));
  await symlink(folder, join(root, 'linked'));
  expect(await text(await new FolderTarget(join(root, 'linked')).readFile('b/files/real'))).toBe('weights');
});

test('what cannot be linked or shared is told, and leaves nothing', async () => {
  const { target, folder } = await setUp();
  // Of another file system.
  expect(await target.linkFile('m', '/proc/version')).toBe(false);
  expect(await readdir(folder)).toEqual([]);
});

test('what stands under a name is replaced in one step: it is never gone meanwhile', async () => {
  const { target, root, folder, at } = await setUp();
  await writeFile(join(root, 'before'), 'before');
  await writeFile(join(root, 'after'), 'after');
  await target.linkFile('m', join(root, 'before'));
  const sizes = new Set<number | null>();
  const watching = new AbortController();
  const watch = (async () => {
    while (!watching.signal.aborted) sizes.add((await stat(at('m')).catch(() => null))?.size ?? null);
  })();
  for (let round = 0; round < 100; round++) await target.linkFile('m', join(root, round % 2 ? 'after' : 'before'));
  watching.abort();
  await watch;
  expect(sizes).not.toContain(null);
  expect(await readdir(folder)).toEqual(['m']);
});

test.each(['../escaped', 'a/../../escaped', '/../escaped', '../mirror-of-others/x', '..'])(
  '%j leads out of the folder, and nothing is done there',
  async (path) => {
    const { target, root } = await setUp();
    await writeFile(join(root, 'escaped'), 'untouched');
    const refused = 'leads out of';
    await expect(target.putFile(path, pieces('x'), { bytes: 1 })).rejects.toThrow(refused);
    await expect(target.putFile('a', pieces('x'), { bytes: 1, part: { path, bytes: 0 } })).rejects.toThrow(refused);
    await expect(target.linkFile(path, join(root, 'escaped'))).rejects.toThrow(refused);
    await expect(target.removeFile(path)).rejects.toThrow(refused);
    await expect(target.readFile(path)).rejects.toThrow(refused);
    await expect(target.listFiles(path)).rejects.toThrow(refused);
    await expect(target.lock(path)).rejects.toThrow(refused);
    expect(await readdir(root)).toEqual(['escaped']);
    expect(await readFile(join(root, 'escaped'), 'utf8')).toBe('untouched');
  },
);

test('a folder whose own name is relative takes files, and lets none out of it', async () => {
  const { root } = await setUp();
  const target = new FolderTarget(relative(process.cwd(), join(root, 'mirror')));
  await target.putFile('a/x', pieces('x'), { bytes: 1 });
  expect(await text(await target.readFile('a/x'))).toBe('x');
  await expect(target.putFile('../x', pieces('x'), { bytes: 1 })).rejects.toThrow('leads out of');
});

test('a file that not everybody may read is not linked: the relay would not be let to read it', async () => {
  const { target, root, folder } = await setUp();
  const from = join(root, 'model.gguf');
  await writeFile(from, 'weights', { mode: 0o600 });
  // Where the disk can clone, the clone may be read.
  const isCloned = await target.linkFile('m', from);
  if (isCloned) expect((await stat(join(folder, 'm'))).mode & 0o444).toBe(0o444);
  else expect(await readdir(folder)).toEqual([]);
  expect((await stat(from)).mode & 0o777).toBe(0o600);
});

test('names outlive a loss of power as soon as a step is done: the folder is synced behind it, a linked file too', async () => {
  const { root, folder, at } = await setUp();
  const synced: string[] = [];
  const target = new FolderTarget(folder, { sync: async (path) => void synced.push(path) });
  await target.putFile('a/x', pieces('x'), { bytes: 1 });
  expect(synced.splice(0)).toEqual([at('a')]);
  await writeFile(join(root, 'model.gguf'), 'weights');
  await target.linkFile('a/files/m', join(root, 'model.gguf'));
  expect(synced.splice(0)).toEqual([at('a/files/m.part'), at('a/files')]);
  await target.removeFile('a/x');
  expect(synced.splice(0)).toEqual([at('a')]);
  await target.removeFile('a/x');
  expect(synced).toEqual([]);
});

test('a lock is not among the files', async () => {
  const { target, at } = await setUp();
  const unlock = await target.lock('a');
  expect(await readdir(at('a'))).toEqual(['.lock']);
  expect(await target.listFiles(null)).toEqual([]);
  await unlock();
  expect(await readdir(at('a'))).toEqual([]);
});

test('a name with two files is listed with both', async () => {
  const { target, folder } = await setUp();
  await mkdir(join(folder, 'a'), { recursive: true });
  await writeFile(join(folder, 'a', 'one'), '1');
  await link(join(folder, 'a', 'one'), join(folder, 'two'));
  expect(await target.listFiles(null)).toEqual([
    { path: 'a/one', bytes: 1 },
    { path: 'two', bytes: 1 },
  ]);
  expect(['a/one', 'two'].map(packageOf)).toEqual(['a', null]);
});
