import type { PackageSource } from '@orilla/contract';
import { expect, test } from 'vitest';
import { json, type Served, webDouble } from '../network/web.double.ts';
import { samplePackage } from '../sample-package.double.ts';
import { firstManifest } from './first-manifest.ts';
import { openSource } from './source.ts';

const options = { baseUrl: 'https://app.test/shop/', hubUrl: 'https://hub.test' };
const open = (source: PackageSource) => openSource(source, options);
const signal = new AbortController().signal;
const { pkg, manifest } = samplePackage();

test('a mirror has its manifest in the folder, and the files below', async () => {
  const mirror = open({ kind: 'mirror', url: 'https://mirror.test/models/sample' });
  const network = webDouble({ 'https://mirror.test/models/sample/manifest.json': json(manifest) });
  expect(await mirror.readManifest(pkg, { network, signal })).toEqual({
    manifest,
    document: JSON.stringify(manifest),
  });
  expect(mirror.fileUrl('a b/model#1.gguf')).toBe('https://mirror.test/models/sample/files/a%20b/model%231.gguf');
});

test.each([
  ['/models/sample/', 'https://app.test/models/sample/files/x'],
  ['models/sample', 'https://app.test/shop/models/sample/files/x'],
  ['//cdn.test/sample/', 'https://cdn.test/sample/files/x'],
])('the address %s of a mirror is relative to where the worker was told', (url, expected) => {
  expect(open({ kind: 'mirror', url }).fileUrl('x')).toBe(expected);
});

const hub = { kind: 'hub', repository: 'org/model', revision: 'refs/pr/1', path: 'q4/model.gguf' } as const;
const treeUrl = 'https://hub.test/api/models/org/model/tree/refs%2Fpr%2F1/q4';
const entry = { type: 'file', path: 'q4/model.gguf', size: 130, lfs: { oid: 'a'.repeat(64), size: 5_000 } };

test('a hub tells size and hash of the file; the rest of the manifest is the catalog’s', async () => {
  const network = webDouble({ [treeUrl]: json([{ type: 'directory', path: 'q4/old' }, entry]) });
  expect(await open(hub).readManifest({ ...pkg, bytes: 5_000 }, { network, signal })).toEqual({
    manifest: { ...manifest, files: [{ path: 'model.gguf', bytes: 5_000, sha256: 'a'.repeat(64) }] },
    document: null,
  });
});

test('a hub has the file of that name, whatever folder a mirror put it in, and no other', () => {
  const url = 'https://hub.test/org/model/resolve/refs%2Fpr%2F1/q4/model.gguf';
  expect(open(hub).fileUrl('model.gguf')).toBe(url);
  expect(open(hub).fileUrl('files/model.gguf')).toBe(url);
  expect(open(hub).fileUrl('other.gguf')).toBeNull();
});

test('a file at the top of a repository', async () => {
  const top = { ...hub, revision: 'main', path: 'model.gguf' };
  const network = webDouble({
    'https://hub.test/api/models/org/model/tree/main': json([{ ...entry, path: 'model.gguf' }]),
  });
  expect((await open(top).readManifest({ ...pkg, bytes: 5_000 }, { network, signal })).manifest.files[0]?.bytes).toBe(
    5_000,
  );
  expect(open(top).fileUrl('model.gguf')).toBe('https://hub.test/org/model/resolve/main/model.gguf');
});

const badTrees: readonly (readonly [string, Served, RegExp])[] = [
  ['does not list the file', json([]), /doesn't list q4\/model\.gguf/],
  ['is an error message', json({ error: 'gated' }), /doesn't list/],
  ['tells no hash', json([{ ...entry, lfs: undefined }]), /tells no SHA-256/],
  ['tells a hash that is none', json([{ ...entry, lfs: { oid: 'zz', size: 1 } }]), /SHA-256 in lower-case hex/],
];
test.each(badTrees)('metadata that %s: catalog.bad-manifest', async (_, tree, reason) => {
  const network = webDouble({ [treeUrl]: tree });
  await expect(open(hub).readManifest(pkg, { network, signal })).rejects.toMatchObject({
    code: 'catalog.bad-manifest',
    message: expect.stringMatching(reason),
  });
});

test('with several sources that all fail, what each said is told', async () => {
  const sources = [open({ kind: 'mirror', url: 'https://mirror.test/sample/' }), open(hub)];
  const network = webDouble({ 'https://mirror.test/sample/manifest.json': json({}) });
  const failing = firstManifest(pkg, sources, { network, signal });
  await expect(failing).rejects.toMatchObject({ code: 'catalog.unreachable' });
  await expect(failing).rejects.toThrow(
    /No source has the model package sample\..*schema.*hub\.test answered with status 404/,
  );
});

test('with one source only, its own error is told', async () => {
  const failing = firstManifest(pkg, [open(hub)], { network: webDouble({ [treeUrl]: json([]) }), signal });
  await expect(failing).rejects.toMatchObject({ code: 'catalog.bad-manifest' });
});

test('a package without a source is an error, not a wait', async () => {
  await expect(firstManifest(pkg, [], { network: webDouble(null), signal })).rejects.toMatchObject({
    code: 'catalog.unreachable',
  });
});

test('an abort is not taken for a source that fails', async () => {
  const aborted = AbortSignal.abort();
  const network = webDouble(null);
  await expect(firstManifest(pkg, [open(hub)], { network, signal: aborted })).rejects.toBe(aborted.reason);
});
