import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { parseManifest, signedBytes } from '@orilla/contract';
import { expect, test } from 'vitest';
import { type MemorySourceOptions, memorySource } from '../files/memory-source.double.ts';
import { describeGguf } from '../model/gguf/describe-gguf.ts';
import { tinyGguf } from '../model/gguf/tiny-gguf.double.ts';
import { memoryTarget } from '../target/memory-target.double.ts';
import { type PackModelOptions, packModel } from './pack-model.ts';

const file = tinyGguf({ tensorBytes: 20_000 });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** What is kept of the file, under a name that tells which one it is. */
const part = `tiny/files/tiny.gguf.${sha256(file).slice(0, 16)}.part`;

async function setUp({ keepsParts = false, ...source }: MemorySourceOptions & { readonly keepsParts?: boolean } = {}) {
  const from = memorySource({ 'tiny.gguf': file }, source);
  const model = await describeGguf(memorySource({ 'tiny.gguf': file }));
  const target = memoryTarget({ keepsParts });
  const pack = (change: Partial<PackModelOptions> = {}) =>
    packModel({ source: from, model, target, id: 'tiny', license: 'MIT', ...change });
  return { source: from, model, target, pack };
}

const stands = (target: ReturnType<typeof memoryTarget>) =>
  parseManifest(JSON.parse(target.files.get('tiny/manifest.json')?.toString() ?? 'null'));

test('files come first and the manifest last, and it tells what is there', async () => {
  const { target, pack } = await setUp();
  const manifest = await pack();
  expect(target.steps).toEqual(['put tiny/files/tiny.gguf', 'put tiny/manifest.json']);
  expect(stands(target)).toEqual(manifest);
  expect(target.files.get('tiny/files/tiny.gguf')).toEqual(file);
  expect(manifest).toMatchObject({
    id: 'tiny',
    engine: 'llamacpp',
    license: 'MIT',
    contextLength: 128,
    files: [{ path: 'tiny.gguf', bytes: file.length, sha256: sha256(file) }],
  });
  for (const { offset, length, sha256: told } of manifest.files[0]?.chunks ?? [])
    expect(told).toBe(sha256(file.subarray(offset, offset + length)));
});

test("a changed template changes the header's chunk and nothing after it", async () => {
  const chunks = async (template: string) => {
    const other = tinyGguf({ metadata: { 'tokenizer.chat_template': { text: template } } });
    const source = memorySource({ 'tiny.gguf': other });
    const { pack } = await setUp();
    const manifest = await pack({ source, model: await describeGguf(source) });
    return manifest.files[0]?.chunks?.map((chunk) => chunk.sha256) ?? [];
  };
  const [before, after] = [await chunks('{{ messages }}'), await chunks('another, and quite a bit longer, template')];
  expect(before).toHaveLength(2);
  expect(after[0]).not.toBe(before[0]);
  expect(after.slice(1)).toEqual(before.slice(1));
});

test('a signature covers the manifest as it stands on the wire', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { target, pack } = await setUp();
  const { signature } = await pack({ privateKey });
  const json: unknown = JSON.parse(target.files.get('tiny/manifest.json')?.toString() ?? '');
  const value = Buffer.from(signature?.value ?? '', 'base64');
  expect(verify(null, signedBytes(json), publicKey, value)).toBe(true);
  expect(signature?.keyId).toMatch(/^[0-9a-f]{16}$/);
});

test('a package that stands there is only replaced by force, with its manifest gone first', async () => {
  const { target, pack } = await setUp();
  await pack();
  await expect(pack()).rejects.toThrow('the target has a package tiny already');
  target.files.set('tiny/files/old.bin', Buffer.from('old'));
  target.steps.length = 0;
  await pack({ force: true, license: 'Apache-2.0' });
  expect(target.steps).toEqual([
    'remove tiny/manifest.json',
    'put tiny/files/tiny.gguf',
    'remove tiny/files/old.bin',
    'put tiny/manifest.json',
  ]);
  expect(stands(target).license).toBe('Apache-2.0');
});

test('less context may be asked for, more than the model was made for not', async () => {
  const { pack, target } = await setUp();
  await expect(pack({ contextLength: 129 })).rejects.toThrow('made for 128 tokens of context, and 129');
  expect(target.steps).toEqual([]);
  expect((await pack({ contextLength: 64 })).contextLength).toBe(64);
});

test('what the target has already, with the hash that the source tells, is not fetched again', async () => {
  const { target, source, pack } = await setUp({ tellsHashes: true });
  target.files.set('tiny/files/tiny.gguf', Buffer.from(file));
  const manifest = await pack();
  expect(source.reads).toEqual([]);
  expect(manifest.files[0]?.chunks).toHaveLength(2);
  expect(target.steps).toEqual(['read tiny/files/tiny.gguf', 'put tiny/manifest.json']);
});

test('what has the same length and other bytes is fetched', async () => {
  const { target, source, pack } = await setUp({ tellsHashes: true });
  target.files.set('tiny/files/tiny.gguf', Buffer.alloc(file.length));
  await pack();
  expect(source.reads).toHaveLength(1);
  expect(target.files.get('tiny/files/tiny.gguf')).toEqual(file);
});

test('a download that was cut off goes on where it was', async () => {
  let isCut = true;
  const { target, source, pack } = await setUp({
    tellsHashes: true,
    keepsParts: true,
    onPiece: (_, offset) => {
      if (isCut && offset >= 5_000) throw new Error('the line is dead');
    },
  });
  await expect(pack()).rejects.toThrow('the line is dead');
  expect(target.files.get(part)).toEqual(file.subarray(0, 5_000));
  expect(target.files.has('tiny/manifest.json')).toBe(false);
  isCut = false;
  const manifest = await pack();
  expect(source.reads.at(-1)).toEqual({ path: 'tiny.gguf', start: 5_000 });
  expect(manifest.files[0]?.sha256).toBe(sha256(file));
  expect([...target.files.keys()].toSorted()).toEqual(['tiny/files/tiny.gguf', 'tiny/manifest.json']);
});

test('a part of another file is told by the hash, and removed so that the next try begins anew', async () => {
  const { target, pack } = await setUp({ tellsHashes: true, keepsParts: true });
  target.files.set(part, Buffer.alloc(3_000));
  await expect(pack()).rejects.toThrow('it is damaged. Try again');
  expect([...target.files.keys()]).toEqual([]);
  await pack();
  expect(target.files.get('tiny/files/tiny.gguf')).toEqual(file);
});

test('a part that is longer than the file is thrown away', async () => {
  const { target, pack } = await setUp({ tellsHashes: true, keepsParts: true });
  target.files.set(part, Buffer.alloc(file.length + 1));
  await pack();
  expect(target.files.get('tiny/files/tiny.gguf')).toEqual(file);
});

test('a part of another version of the file is no part of this one: the download begins anew and succeeds', async () => {
  const { target, source, pack } = await setUp({ tellsHashes: true, keepsParts: true });
  const older = `tiny/files/tiny.gguf.${'0'.repeat(16)}.part`;
  target.files.set(older, Buffer.alloc(3_000));
  await pack();
  expect(source.reads).toEqual([{ path: 'tiny.gguf', start: 0 }]);
  expect(target.files.get('tiny/files/tiny.gguf')).toEqual(file);
  expect(target.files.has(older)).toBe(false);
});

test('what an earlier run left, and the package does not name, goes without force where no manifest stood', async () => {
  const { target, pack } = await setUp();
  for (const path of ['tiny/files/old.bin', 'tiny/files/deep/old.part', 'tiny/manifest.json.part'])
    target.files.set(path, Buffer.from('left'));
  // Not of this package, or not where packages keep anything.
  for (const path of ['tiny/notes.txt', 'tiny2/files/old.bin']) target.files.set(path, Buffer.from("somebody's"));
  await pack();
  expect([...target.files.keys()].toSorted()).toEqual([
    'tiny/files/tiny.gguf',
    'tiny/manifest.json',
    'tiny/notes.txt',
    'tiny2/files/old.bin',
  ]);
});

test.each(['../../../escaped.onnx', '/escaped', 'a/../../b', '.hidden', 'a\\b', 'c:b', 'a\u001b[2J'])(
  'a model that names the file %j is refused before anything is done',
  async (path) => {
    const { model, target, pack } = await setUp();
    const files = model.files.map((one) => ({ ...one, path }));
    await expect(pack({ model: { ...model, files } })).rejects.toThrow('is no path that a package may have');
    expect([target.steps, target.files.size]).toEqual([[], 0]);
  },
);

test('two files of one name, and an id that is no name of a folder, are refused before anything is done', async () => {
  const { model, target, pack } = await setUp();
  const files = [...model.files, ...model.files];
  await expect(pack({ model: { ...model, files } })).rejects.toThrow('several files that would be tiny.gguf');
  for (const id of ['../up', '', '.a', 'a/b']) await expect(pack({ id })).rejects.toThrow('is no package id');
  expect([target.steps, target.files.size]).toEqual([[], 0]);
});

test('a package is locked from before it is looked at until its manifest stands, and also where that fails', async () => {
  const { target, pack } = await setUp();
  const lock = async (id: string) => {
    target.steps.push(`lock ${id}`);
    return async () => void target.steps.push('unlock');
  };
  await pack({ target: { ...target, lock } });
  expect(target.steps).toEqual(['lock tiny', 'put tiny/files/tiny.gguf', 'put tiny/manifest.json', 'unlock']);
  await expect(pack({ target: { ...target, lock } })).rejects.toThrow('--force');
  expect(target.steps.slice(-2)).toEqual(['lock tiny', 'unlock']);
});

test('a source that gives other bytes than it told of leaves no file and no manifest', async () => {
  for (const told of [{ bytes: file.length, sha256: '0'.repeat(64) }, { bytes: file.length + 1 }]) {
    const { target, source, pack } = await setUp();
    const lying = { ...source, files: [{ path: 'tiny.gguf', ...told }] };
    await expect(pack({ source: lying })).rejects.toThrow(/tiny\.gguf from the source (is not the file|has \d+ bytes)/);
    expect([...target.files.keys()]).toEqual([]);
  }
});

test('an abort is an abort, and leaves no manifest', async () => {
  const { target, pack } = await setUp();
  await expect(pack({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  expect(target.files.has('tiny/manifest.json')).toBe(false);
});

test('progress counts every byte once and ends with all of them', async () => {
  const { target, pack } = await setUp({ tellsHashes: true, keepsParts: true });
  target.files.set(part, Buffer.from(file.subarray(0, 4_000)));
  const told: [number, number][] = [];
  await pack({ onProgress: (done, total) => told.push([done, total]) });
  expect(told[0]).toEqual([4_000, file.length]);
  expect(told.at(-1)).toEqual([file.length, file.length]);
});
