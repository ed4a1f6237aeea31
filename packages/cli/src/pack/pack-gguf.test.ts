import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@orilla/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensurePackage } from './ensure-package.ts';
import { hashChunks } from './hash-chunks.ts';
import { packGguf } from './pack-gguf.ts';
import { tinyGguf } from './tiny-gguf.double.ts';

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
  const bytes = await readFile(path);
  expect(manifest).toMatchObject({
    id: 'tiny',
    engine: 'llamacpp',
    contextLength: 128,
    license: 'Apache-2.0',
    // 2 layers × 2 KV heads × 16 wide × keys and values × 2 bytes
    memory: { weights: bytes.length, kvPerToken: 2 * 2 * 16 * 2 * 2, scratch: 16 * 1024 * 1024 },
    files: [{ path: 'tiny.gguf', bytes: bytes.length, sha256: sha256(bytes) }],
    tokenizerDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    chatTemplateDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('a link to a GGUF file is packed as the file that it leads to', async () => {
  const linked = join(root, 'linked.gguf');
  await symlink(path, linked);
  await packGguf({ path: linked, id: 'tiny', license: 'Apache-2.0', folder });
  expect((await lstat(join(folder, 'tiny', 'files', 'linked.gguf'))).ino).toBe((await stat(path)).ino);
});

test('every chunk is told with its own hash', async () => {
  const bytes = await readFile(path);
  for (const chunk of (await pack()).files[0]?.chunks ?? [])
    expect(chunk.sha256).toBe(sha256(bytes.subarray(chunk.offset, chunk.offset + chunk.length)));
});

test("a changed template changes the header's chunk and nothing after it", async () => {
  const before = (await pack()).files[0]?.chunks ?? [];
  await rm(path);
  await writeFile(
    path,
    tinyGguf({ metadata: { 'tokenizer.chat_template': { text: 'another, and quite a bit longer, template' } } }),
  );
  const after = (await pack()).files[0]?.chunks ?? [];
  expect(before.length).toBe(2);
  expect(after.map((chunk) => chunk.sha256)[0]).not.toBe(before[0]?.sha256);
  expect(after.slice(1).map((chunk) => chunk.sha256)).toEqual(before.slice(1).map((chunk) => chunk.sha256));
});

test('chunks are cut right wherever a read ends', async () => {
  await writeFile(path, Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251)));
  const bytes = await readFile(path);
  const ranges = [7, 1_048_576, 1, 900_000, 1_051_416].map((length, index, all) => ({
    offset: all.slice(0, index).reduce((sum, one) => sum + one, 0),
    length,
  }));
  const hashed = await hashChunks(path, ranges);
  expect(hashed.sha256).toBe(sha256(bytes));
  expect(hashed.chunks).toEqual(
    ranges.map(({ offset, length }) => ({ offset, length, sha256: sha256(bytes.subarray(offset, offset + length)) })),
  );
});

test('a file that changes while it is hashed is told', async () => {
  await expect(hashChunks(path, [{ offset: 0, length: 10 }])).rejects.toThrow('longer than it was');
  await expect(hashChunks(path, [{ offset: 0, length: 1_000_000 }])).rejects.toThrow('shorter than it was');
});

test('an abort is an abort, and leaves no manifest', async () => {
  await expect(packGguf({ path, id: 'tiny', license: 'x', folder, signal: AbortSignal.abort() })).rejects.toMatchObject(
    { name: 'AbortError' },
  );
  await expect(hashChunks(path, [], { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  await expect(readFile(join(folder, 'tiny', 'manifest.json'))).rejects.toThrow('ENOENT');
});

test('a file that is no GGUF, or asks for more context than it was trained for, is refused', async () => {
  await expect(packGguf({ path, id: 'tiny', license: 'x', folder, contextLength: 129 })).rejects.toThrow(
    '128 tokens of context, and 129',
  );
  await writeFile(path, 'not a model at all, but long enough to look at the beginning of it');
  await expect(pack()).rejects.toThrow();
});

test('a header without what a package needs is refused, naming it', async () => {
  await writeFile(path, tinyGguf({ metadata: { 'general.architecture': { text: 'other' } } }));
  await expect(pack()).rejects.toThrow('other.context_length');
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
  expect(await count()).toBe(0);
});
