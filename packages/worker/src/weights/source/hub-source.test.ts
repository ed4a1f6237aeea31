import { createHash } from 'node:crypto';
import type { PackageSource } from '@orilla/contract';
import { expect, test } from 'vitest';
import { json, type Served, webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { hubSource } from './hub-source.ts';

const { pkg, manifest } = samplePackage();
const signal = new AbortController().signal;
const shard = sampleBytes(5_000);
const config = sampleBytes(40, 2);
const tokenizer = sampleBytes(60, 3);

const gitId = (bytes: Uint8Array) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const inLfs = (path: string, bytes: Uint8Array) => ({
  type: 'file',
  path,
  size: 130,
  oid: 'f'.repeat(40),
  lfs: { oid: sha256Hex(bytes), size: bytes.length },
});
const inGit = (path: string, bytes: Uint8Array) => ({ type: 'file', path, size: bytes.length, oid: gitId(bytes) });
const file = (path: string, bytes: Uint8Array) => ({ path, bytes: bytes.length, sha256: sha256Hex(bytes) });

const root = { kind: 'hub', repository: 'org/model', revision: 'main', path: '' } as const;
const onnx = { ...root, path: 'onnx/q4/' } as const;
const rootTree = 'https://hub.test/api/models/org/model/tree/main?recursive=true';
const onnxTree = 'https://hub.test/api/models/org/model/tree/main/onnx/q4?recursive=true';
const resolve = 'https://hub.test/org/model/resolve/main';

type HubPackage = Extract<PackageSource, { kind: 'hub' }>;
const open = (hub: HubPackage) => hubSource(hub, { hubUrl: 'https://hub.test/' });

/** `bytes`: what the catalog says that the package has. */
function read(hub: HubPackage, served: Readonly<Record<string, Served>>, bytes: number = pkg.bytes) {
  const network = webDouble(served);
  return { network, sourced: open(hub).readManifest({ ...pkg, bytes }, { network, signal }) };
}

const repository = {
  [rootTree]: json([
    inGit('.gitattributes', config),
    inGit('README.md', config),
    { type: 'directory', path: 'tokenizer', oid: '0', size: 0 },
    inGit('config.json', config),
    inLfs('params_shard_0.bin', shard),
    inGit('tokenizer/tokenizer.json', tokenizer),
  ]),
  [`${resolve}/config.json`]: config,
  [`${resolve}/tokenizer/tokenizer.json`]: tokenizer,
};

test('a whole repository is a package of all its files but those for people and for Git', async () => {
  const { network, sourced } = read(root, repository, 5_100);
  expect(await sourced).toEqual({
    manifest: {
      ...manifest,
      files: [
        file('config.json', config),
        file('params_shard_0.bin', shard),
        file('tokenizer/tokenizer.json', tokenizer),
      ],
    },
    document: null,
  });
  // The large file is not touched; the small ones are read, since only they tell their own hash.
  expect(network.requests.map(({ url }) => url)).toEqual([
    rootTree,
    `${resolve}/config.json`,
    `${resolve}/tokenizer/tokenizer.json`,
  ]);
});

test('of a folder, the paths are those below it', async () => {
  const tree = json([inLfs('onnx/q4/model.onnx', shard), inLfs('onnx/q4/data/model.onnx_data', config)]);
  const { manifest } = await read(onnx, { [onnxTree]: tree }, 5_040).sourced;
  expect(manifest.files).toEqual([file('model.onnx', shard), file('data/model.onnx_data', config)]);
});

test('where files are named, those are taken in that order, and no other is read', async () => {
  const { network, sourced } = read({ ...root, files: ['params_shard_0.bin', 'config.json'] }, repository, 5_040);
  expect((await sourced).manifest.files).toEqual([file('params_shard_0.bin', shard), file('config.json', config)]);
  expect(network.requests).toHaveLength(2);
});

test('a single file that is kept in Git itself is read as well', async () => {
  const { sourced } = read(
    { ...root, path: 'tiny.gguf' },
    {
      'https://hub.test/api/models/org/model/tree/main': json([inGit('tiny.gguf', config)]),
      [`${resolve}/tiny.gguf`]: config,
    },
    40,
  );
  expect((await sourced).manifest.files).toEqual([file('tiny.gguf', config)]);
});

const small = inGit('config.json', config);
const bad: readonly (readonly [string, HubPackage, Readonly<Record<string, Served>>, string])[] = [
  ['has no such files', { ...root, files: ['other.bin'] }, repository, "doesn't list other.bin in org/model"],
  ['has nothing there', root, { [rootTree]: json([inGit('README.md', config)]) }, 'lists no file in org/model/'],
  [
    'sends other bytes of a small file',
    root,
    { ...repository, [`${resolve}/config.json`]: sampleBytes(40, 9) },
    'sent config.json with other bytes than its metadata names',
  ],
  [
    'sends a shorter small file',
    root,
    { ...repository, [`${resolve}/config.json`]: config.slice(1) },
    'sent config.json with other bytes',
  ],
  [
    'tells no hash at all',
    root,
    { [rootTree]: json([{ ...small, oid: undefined }]) },
    'tells no SHA-256 of config.json, and no other hash',
  ],
  [
    'keeps a large file in Git',
    root,
    { [rootTree]: json([{ ...small, size: 16 * 1024 ** 2 + 1 }]) },
    'tells no SHA-256 of config.json, which is too large (16777217 bytes)',
  ],
  [
    'has files without number',
    root,
    { [rootTree]: json(Array.from({ length: 257 }, (_, index) => inGit(`${index}.json`, config))) },
    'lists 257 small files, more than 256',
  ],
  [
    'names a file outside',
    root,
    { [rootTree]: json([inLfs('../config.json', shard)]) },
    'must be a plain relative path',
  ],
];
test.each(bad)('a hub that %s: catalog.bad-manifest, with the reason', async (_, hub, served, reason) => {
  const { sourced } = read(hub, served);
  await expect(sourced).rejects.toMatchObject({ code: 'catalog.bad-manifest' });
  await expect(sourced).rejects.toThrow(reason);
});

test('a small file that cannot be had makes the hub unreachable, not the model bad', async () => {
  const { [`${resolve}/config.json`]: _, ...without } = repository;
  await expect(read(root, without).sourced).rejects.toMatchObject({ code: 'catalog.unreachable' });
});

test('for a manifest from elsewhere, a folder has the files below it', () => {
  expect(open(onnx).fileUrl('data/model#1.onnx')).toBe(`${resolve}/onnx/q4/data/model%231.onnx`);
  expect(open(root).fileUrl('config.json')).toBe(`${resolve}/config.json`);
});

test('and where files are named, only those', () => {
  const named = open({ ...onnx, files: ['model.onnx'] });
  expect(named.fileUrl('model.onnx')).toBe(`${resolve}/onnx/q4/model.onnx`);
  expect(named.fileUrl('config.json')).toBeNull();
});

test('a hub that has another size there than the catalog promised has another model', async () => {
  const { sourced } = read(root, repository, 5_101);
  await expect(sourced).rejects.toMatchObject({
    code: 'catalog.bad-manifest',
    message: expect.stringContaining('5100 bytes) where sample (llamacpp, 5101 bytes) should be'),
  });
});
