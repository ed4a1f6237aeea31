import { createHash, generateKeyPairSync } from 'node:crypto';
import { type ModelManifest, manifestSchema } from '@orilla/contract';
import { expect, test } from 'vitest';
import { signManifest } from '../signature/sign-manifest.ts';
import { memoryTarget } from '../target/memory-target.double.ts';
import { type VerifyOptions, verifyMirror } from './verify-mirror.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const weights = Buffer.from(Uint8Array.from({ length: 3_000 }, (_, index) => index % 251));
const trusted = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');

function manifestOf(id: string, change: Partial<ModelManifest> = {}): ModelManifest {
  const chunks = [0, 1_000, 2_000].map((offset) => ({
    offset,
    length: 1_000,
    sha256: sha256(weights.subarray(offset, offset + 1_000)),
  }));
  return {
    schema: manifestSchema,
    id,
    engine: 'llamacpp',
    files: [
      { path: 'model.gguf', bytes: 3_000, sha256: sha256(weights), chunks },
      { path: 'deep/config.json', bytes: 2, sha256: sha256(Buffer.from('{}')) },
    ],
    contextLength: 1,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'MIT',
    ...change,
  };
}

/** A mirror with these packages, whole. */
function mirrorOf(...manifests: readonly ModelManifest[]) {
  const target = memoryTarget();
  for (const manifest of manifests) {
    target.files.set(`${manifest.id}/manifest.json`, Buffer.from(JSON.stringify(manifest)));
    target.files.set(`${manifest.id}/files/model.gguf`, weights);
    target.files.set(`${manifest.id}/files/deep/config.json`, Buffer.from('{}'));
  }
  return target;
}

async function faultsOf(target: ReturnType<typeof memoryTarget>, options: VerifyOptions = {}) {
  const { faults } = await verifyMirror(target, options);
  return faults.map(({ id, path, kind }) => [id, path, kind]);
}

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

test('a mirror where all holds has no fault, and is told', async () => {
  const report = await verifyMirror(mirrorOf(manifestOf('a'), manifestOf('b')));
  expect(report).toEqual({
    packages: [
      { id: 'a', files: 2, bytes: 3_002, signature: 'none' },
      { id: 'b', files: 2, bytes: 3_002, signature: 'none' },
    ],
    faults: [],
  });
});

test('a mirror that holds nothing is no mirror where all holds', async () => {
  await expect(verifyMirror(memoryTarget())).rejects.toThrow('the target holds no package. Check where it is.');
});

test('every fault is told, in every package, not only the first one', async () => {
  const target = mirrorOf(manifestOf('a'), manifestOf('b'), manifestOf('c'));
  target.files.set('a/files/model.gguf', changed(changed(weights, 10), 2_500));
  target.files.delete('a/files/deep/config.json');
  target.files.set('a/files/extra.bin', Buffer.from('x'));
  target.files.set('b/manifest.json', Buffer.from('{"schema":'));
  target.files.set('c/files/model.gguf', weights.subarray(0, 2_500));
  target.files.set('c/files/model.gguf.part', Buffer.from('x'));
  target.files.set('d/files/model.gguf', weights);
  target.files.set('README.md', Buffer.from('x'));
  expect(await faultsOf(target)).toEqual([
    [null, 'README.md', 'unnamed'],
    ['a', 'a/files/model.gguf', 'chunk'],
    ['a', 'a/files/model.gguf', 'chunk'],
    ['a', 'a/files/model.gguf', 'hash'],
    ['a', 'a/files/deep/config.json', 'no-file'],
    ['a', 'a/files/extra.bin', 'unnamed'],
    ['b', 'b/manifest.json', 'bad-manifest'],
    ['c', 'c/files/model.gguf', 'size'],
    ['c', 'c/files/model.gguf.part', 'unnamed'],
    ['d', 'd/manifest.json', 'no-manifest'],
  ]);
});

test('faults say where, for people', async () => {
  const target = mirrorOf(manifestOf('a'));
  target.files.set('a/files/model.gguf', changed(weights, 1_500));
  const told: string[] = [];
  await verifyMirror(target, { onFault: ({ message }) => told.push(message) });
  expect(told).toEqual([
    'a/files/model.gguf has other bytes at 1000 to 1999 (chunk 1) than the manifest says.',
    'a/files/model.gguf is not the file whose SHA-256 the manifest says.',
  ]);
});

test('a wrong hash of a chunk in the manifest is found where the file is right', async () => {
  const { files, ...rest } = manifestOf('a');
  const [first, ...others] = files;
  const chunks = first?.chunks?.map((chunk, index) => (index === 2 ? { ...chunk, sha256: '0'.repeat(64) } : chunk));
  const manifest = { ...rest, files: [{ ...first, chunks }, ...others] } as ModelManifest; // the same with another hash
  expect(await faultsOf(mirrorOf(manifest))).toEqual([['a', 'a/files/model.gguf', 'chunk']]);
});

test('a file that grew is told, its chunks hold', async () => {
  const target = mirrorOf(manifestOf('a'));
  target.files.set('a/files/model.gguf', Buffer.concat([weights, Buffer.from('x')]));
  expect(await faultsOf(target)).toEqual([['a', 'a/files/model.gguf', 'size']]);
});

test.each<[string, unknown]>([
  ['an error page', '<!doctype html>'],
  ['another schema', { ...manifestOf('a'), schema: 'orilla.model/9' }],
  ['a path that leads out', { ...manifestOf('a'), files: [{ path: '../up', bytes: 1, sha256: '0'.repeat(64) }] }],
  [
    'chunks with a gap',
    {
      ...manifestOf('a'),
      files: [
        {
          path: 'model.gguf',
          bytes: 3_000,
          sha256: sha256(weights),
          chunks: [{ offset: 1, length: 2_999, sha256: '0'.repeat(64) }],
        },
      ],
    },
  ],
])('a manifest with %s is no manifest', async (_, content) => {
  const target = mirrorOf(manifestOf('a'));
  target.files.set('a/manifest.json', Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)));
  expect(await faultsOf(target)).toEqual([['a', 'a/manifest.json', 'bad-manifest']]);
});

test('a file that is named twice, and a manifest of another package, are told', async () => {
  const { files, ...rest } = manifestOf('a');
  expect(await faultsOf(mirrorOf({ ...rest, files: [...files, ...files.slice(1)] }))).toEqual([
    ['a', 'a/manifest.json', 'bad-manifest'],
  ]);
  const target = mirrorOf(manifestOf('a'));
  target.files.set('a/manifest.json', Buffer.from(JSON.stringify(manifestOf('b'))));
  expect(await faultsOf(target)).toEqual([['a', 'a/manifest.json', 'other-id']]);
});

test.each(['.hidden', 'deep/.hidden', 'a\\b', 'c:b', 'a\u001b[2J'])(
  'a file %j that no mirror would serve is told, though its bytes are right',
  async (path) => {
    const file = { path, bytes: 2, sha256: sha256(Buffer.from('{}')) };
    const target = mirrorOf({ ...manifestOf('a'), files: [...manifestOf('a').files, file] });
    target.files.set(`a/files/${path}`, Buffer.from('{}'));
    expect(await faultsOf(target)).toEqual([['a', `a/files/${path}`, 'not-served']]);
  },
);

test.each(['.a', '-a', 'a b', 'ñ'])('a package %j that no mirror would serve is told', async (id) => {
  expect(await faultsOf(mirrorOf(manifestOf(id)))).toEqual([[id, id, 'not-served']]);
});

test('with a key, every manifest has to be signed by it', async () => {
  const keys = [trusted.publicKey];
  const signed = signManifest(manifestOf('a'), trusted.privateKey);
  expect(await faultsOf(mirrorOf(signed), { keys })).toEqual([]);
  expect(await faultsOf(mirrorOf(signed), { keys: [other.publicKey, trusted.publicKey] })).toEqual([]);
  const wrong: [string, ModelManifest][] = [
    ['no-signature', manifestOf('a')],
    ['bad-signature', signManifest(manifestOf('a'), other.privateKey)],
    ['bad-signature', { ...signed, license: 'Apache-2.0' }],
  ];
  for (const [kind, manifest] of wrong)
    expect(await faultsOf(mirrorOf(manifest), { keys })).toEqual([['a', 'a/manifest.json', kind]]);
});

test('a signature covers fields that this version does not know', async () => {
  const extended = { ...manifestOf('a'), later: 1 } as ModelManifest; // a manifest of a later version
  const signed = signManifest(extended, trusted.privateKey);
  const keys = [trusted.publicKey];
  expect(await faultsOf(mirrorOf(signed), { keys })).toEqual([]);
  expect(await faultsOf(mirrorOf({ ...signed, later: 2 } as ModelManifest), { keys })).toHaveLength(1);
});

test('without a key a signature is told as unchecked, with one as right or wrong', async () => {
  const signed = mirrorOf(signManifest(manifestOf('a'), trusted.privateKey));
  const state = async (options?: VerifyOptions) => (await verifyMirror(signed, options)).packages[0]?.signature;
  expect(await state()).toBe('unchecked');
  expect(await state({ keys: [trusted.publicKey] })).toBe('right');
  expect(await state({ keys: [other.publicKey] })).toBe('wrong');
});

test('only what was asked for is looked at', async () => {
  const target = mirrorOf(manifestOf('a'), manifestOf('b'));
  target.files.delete('a/files/model.gguf');
  target.files.set('README.md', Buffer.from('x'));
  expect(await faultsOf(target, { ids: ['b'] })).toEqual([]);
  expect(await faultsOf(target, { ids: ['a', 'c'] })).toEqual([
    ['a', 'a/files/model.gguf', 'no-file'],
    ['c', 'c/manifest.json', 'no-manifest'],
  ]);
});

test('a place that does not tell what it holds is asked for ids', async () => {
  const mirror = { ...mirrorOf(manifestOf('a')), listFiles: async () => null };
  await expect(verifyMirror(mirror)).rejects.toThrow(
    'does not tell what it holds: say which packages to check, by --id',
  );
  expect((await verifyMirror(mirror, { ids: ['a'] })).faults).toEqual([]);
});

test('what cannot be read is a fault among others, and reading goes on', async () => {
  const target = mirrorOf(manifestOf('a'), manifestOf('b'));
  const readFile: typeof target.readFile = async (path, options) => {
    if (path === 'a/files/model.gguf' || path === 'b/manifest.json') throw new Error('the disk is gone');
    return target.readFile(path, options);
  };
  const { faults } = await verifyMirror({ ...target, readFile });
  expect(faults.map(({ kind, message }) => [kind, message.includes('the disk is gone')])).toEqual([
    ['unreadable', true],
    ['unreadable', true],
  ]);
});

test('a manifest that is longer than any is not read to its end', async () => {
  let given = 0;
  const mirror = {
    ...mirrorOf(manifestOf('a')),
    readFile: async () =>
      (async function* () {
        for (; ; given++) yield Buffer.alloc(1024 * 1024, 0x20);
      })(),
  };
  const { faults } = await verifyMirror(mirror, { ids: ['a'] });
  expect(faults).toMatchObject([{ kind: 'unreadable' }]);
  expect(given).toBeLessThan(20);
});

test('an abort is an abort, and progress counts what was read', async () => {
  const target = mirrorOf(manifestOf('a'));
  const told: number[] = [];
  await verifyMirror(target, { onProgress: (bytes) => told.push(bytes) });
  expect(told.at(-1)).toBe(3_002);
  const stop = new AbortController();
  stop.abort();
  const aborting = { ...target, readFile: () => Promise.reject(stop.signal.reason) };
  await expect(verifyMirror(aborting, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
});
