import { type LoadProgress, type ModelManifest, OrillaError } from '@orilla/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultyBackend } from '../backend/faulty-backend.double.ts';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { inventory, shelve } from '../shelf/shelving.double.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { bytesOf } from '../store.double.ts';
import { exportPackage } from './export-package.ts';
import { type ImportOptions, importPackage } from './import-package.ts';
import { writeTar } from './write-tar.ts';

const sample = samplePackage();
const manifestText = JSON.stringify(sample.manifest);

function setUp(backend: WeightBackend = memoryBackend()) {
  const shelf = new WeightShelf(backend);
  const progress: LoadProgress[] = [];
  const take = (archive: Blob, options: Partial<ImportOptions> = {}) =>
    importPackage(archive, {
      backend,
      shelf,
      signal: new AbortController().signal,
      onProgress: (step) => progress.push(step),
      ...options,
    });
  return { backend, shelf, take, progress };
}

/** An archive of files as given; without change it is a good one. */
const archiveOf = (files: Readonly<Record<string, BlobPart | null>> = {}) =>
  writeTar(
    Object.entries({
      'sample/manifest.json': manifestText,
      'sample/files/model.gguf': sample.content,
      ...files,
    }).flatMap(([name, content]) => (content === null ? [] : [{ name, content: new Blob([content]) }])),
  );
const withManifest = (manifest: unknown, files: Readonly<Record<string, BlobPart | null>> = {}) =>
  archiveOf({ 'sample/manifest.json': JSON.stringify(manifest), ...files });

async function expectWhole({ shelf }: { readonly shelf: WeightShelf }, content = sample.content) {
  expect(await bytesOf((await shelf.open('sample'))?.files.get('model.gguf'))).toEqual(content);
}

test('what one browser exports another one imports: the same package, byte by byte, with its document', async () => {
  const from = setUp();
  await shelve(from, sample);
  const to = setUp();
  expect(await to.take(await exportPackage('sample', from.backend))).toBe('sample');
  await expectWhole(to);
  expect(await to.backend.packages.get('sample')).toEqual({
    manifest: sample.manifest,
    document: manifestText,
    pkg: null,
  });
  expect(await inventory(to.backend)).toEqual({ ...(await inventory(from.backend)), marks: ['sample'] });
  expect(await bytesOf(await exportPackage('sample', to.backend))).toEqual(
    await bytesOf(await exportPackage('sample', from.backend)),
  );
});

test('progress: what is checked, up to all of it', async () => {
  const { take, progress } = setUp();
  await take(archiveOf());
  expect(progress[0]).toMatchObject({ phase: 'verify', storedBytes: 0, totalBytes: 1_000 });
  expect(progress.at(-1)).toMatchObject({ phase: 'verify', storedBytes: 1_000, fetchedBytes: 0 });
});

test('chunks that are stored already are checked, and not stored again', async () => {
  const to = setUp();
  await shelve(to, samplePackage({ id: 'other', content: sample.content.slice(0, 500) }));
  const puts: string[] = [];
  const { put } = to.backend.chunks;
  Object.assign(to.backend.chunks, { put: (key: string, blob: Blob) => put(key, blob).then(() => puts.push(key)) });
  await to.take(archiveOf());
  expect(puts).toHaveLength(5);
  await expectWhole(to);
});

test('an import ends what was left of a download, and what is known of its sources stays', async () => {
  const to = setUp();
  await shelve(to, sample, { chunks: 3 });
  await to.take(archiveOf());
  expect(await to.backend.packages.get('sample')).toMatchObject({ pkg: sample.pkg });
  expect(await to.backend.drafts.keys()).toEqual([]);
});

test('another version takes the place of the one that is there, and leaves nothing of it', async () => {
  const to = setUp();
  await shelve(to, samplePackage({ content: sampleBytes(1_000, 3) }));
  await to.take(archiveOf());
  await expectWhole(to);
  expect(await to.backend.chunks.keys()).toHaveLength(10);
  expect(await to.backend.packages.get('sample')).toMatchObject({ pkg: null });
});

test('a file without chunks in the manifest is checked as a whole, and gets chunks', async () => {
  const [{ chunks: _, ...file } = { path: '', bytes: 0, sha256: '' }] = sample.manifest.files;
  const manifest = { ...sample.manifest, files: [file] };
  const to = setUp();
  await to.take(withManifest(manifest));
  await expectWhole(to);
  const { manifest: stored } = (await to.backend.packages.get('sample')) ?? {};
  expect(stored?.files[0]?.chunks).toEqual([{ offset: 0, length: 1_000, sha256: sha256Hex(sample.content) }]);
  const wrong = setUp();
  const content = Uint8Array.from(sample.content).fill(0, 500, 501);
  await expect(wrong.take(withManifest(manifest, { 'sample/files/model.gguf': content }))).rejects.toMatchObject({
    code: 'storage.bad-archive',
    message: expect.stringMatching(/model\.gguf in it has other bytes/),
  });
});

test('room is made for what is missing, before anything is written', async () => {
  const to = setUp();
  await shelve(to, samplePackage({ id: 'other', content: sample.content.slice(0, 300) }));
  const before = await inventory(to.backend);
  const full = new OrillaError('storage.quota-exceeded', 'Full.');
  const asked: [number, string][] = [];
  const makeRoom: ImportOptions['makeRoom'] = (bytes, { draft }) => {
    asked.push([bytes, draft.manifest.id]);
    return Promise.reject(full);
  };
  await expect(to.take(archiveOf(), { makeRoom })).rejects.toBe(full);
  expect(asked).toEqual([[700, 'sample']]);
  expect(await inventory(to.backend)).toEqual(before);
});

test('it is done while nobody else downloads the package', async () => {
  const to = setUp();
  const order: string[] = [];
  await to.take(archiveOf(), {
    alone: async (id, work) => {
      order.push(`begin ${id}`);
      const result = await work();
      order.push((await to.shelf.open('sample')) ? 'complete' : 'incomplete');
      return result;
    },
  });
  expect(order).toEqual(['begin sample', 'complete']);
});

test('the check gets the manifest with every field; where it refuses, nothing is written', async () => {
  const json = { ...sample.manifest, addedLater: { kept: true } };
  const seen: unknown[] = [];
  const to = setUp();
  await to.take(withManifest(json), { check: async (...args) => void seen.push(...args) });
  expect(seen).toEqual([json, sample.manifest]);
  const refusing = setUp();
  const refusal = new OrillaError('catalog.bad-signature', 'Refused.');
  await expect(refusing.take(archiveOf(), { check: () => Promise.reject(refusal) })).rejects.toBe(refusal);
  expect(await inventory(refusing.backend)).toEqual({ chunks: [], packages: [], drafts: [], marks: [] });
});

const twoOfAPath = { ...sample.manifest, files: [...sample.manifest.files, ...sample.manifest.files] };
const escaping: ModelManifest = {
  ...sample.manifest,
  files: sample.manifest.files.map((file) => ({ ...file, path: '../a' })),
};
const wrongHash = Uint8Array.from(sample.content).fill(0, 550, 552);
const faults: readonly (readonly [string, () => Blob, RegExp])[] = [
  ['nothing', () => new Blob(), /ends too early/],
  ['no manifest', () => archiveOf({ 'sample/manifest.json': null }), /no manifest\.json in a folder/],
  [
    'a manifest outside of a folder',
    () => archiveOf({ 'sample/manifest.json': null, 'manifest.json': manifestText }),
    /no manifest\.json in a folder/,
  ],
  ['a manifest that is no JSON', () => archiveOf({ 'sample/manifest.json': '<html>' }), /its manifest is no JSON/],
  [
    'a manifest that is no text',
    () => archiveOf({ 'sample/manifest.json': new Uint8Array([0xff, 0xfe]) }),
    /its manifest is no JSON/,
  ],
  ['a manifest of something else', () => withManifest({ schema: 'other' }), /in its manifest schema must be/],
  ['a manifest that leads out of the folder', () => withManifest(escaping), /must be a plain relative path/],
  ['a manifest that names a file twice', () => withManifest(twoOfAPath), /must not be that of another file/],
  [
    'the folder of another package',
    () => withManifest({ ...sample.manifest, id: 'other' }),
    /the package other is in the folder sample/,
  ],
  [
    'a second manifest',
    () => archiveOf({ 'other/manifest.json': manifestText }),
    /does not name other\/manifest\.json/,
  ],
  ['a missing file', () => archiveOf({ 'sample/files/model.gguf': null }), /model\.gguf is missing/],
  [
    'a file in the wrong place',
    () => archiveOf({ 'sample/files/model.gguf': null, 'sample/model.gguf': sample.content }),
    /model\.gguf is missing/,
  ],
  [
    'a file that is too short',
    () => archiveOf({ 'sample/files/model.gguf': sample.content.slice(1) }),
    /has 999 bytes instead of 1000/,
  ],
  [
    'a file that nobody named',
    () => archiveOf({ 'sample/files/extra.bin': 'x' }),
    /does not name sample\/files\/extra\.bin/,
  ],
  [
    'a flipped byte',
    () => archiveOf({ 'sample/files/model.gguf': wrongHash }),
    /chunk 5 of model\.gguf in it has other bytes/,
  ],
  ['something behind the end', () => new Blob([archiveOf(), 'more']), /behind its end/],
];
test.each(faults)('refused, with nothing left of it: %s', async (_, make, why) => {
  const to = setUp();
  await shelve(to, samplePackage({ id: 'other', content: sample.content.slice(0, 300) }));
  const before = await inventory(to.backend);
  await expect(to.take(make())).rejects.toMatchObject({
    code: 'storage.bad-archive',
    message: expect.stringMatching(why),
    advice: expect.any(String),
  });
  expect(await inventory(to.backend)).toEqual(before);
});

test('a bad archive of a package that is here changes nothing of it', async () => {
  const to = setUp();
  await shelve(to, sample);
  await expect(to.take(archiveOf({ 'sample/files/model.gguf': wrongHash }))).rejects.toMatchObject({
    code: 'storage.bad-archive',
  });
  await expectWhole(to);
});

test('an abort in the middle leaves what was stored as a draft, which can be removed', async () => {
  const to = setUp();
  const controller = new AbortController();
  const onProgress = ({ storedBytes }: LoadProgress) => {
    if (storedBytes === 400) controller.abort();
  };
  await expect(to.take(archiveOf(), { signal: controller.signal, onProgress })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(await to.shelf.list()).toMatchObject([{ id: 'sample', bytes: 400, isComplete: false }]);
  await to.shelf.remove('sample');
  expect(await inventory(to.backend)).toEqual({ chunks: [], packages: [], drafts: [], marks: [] });
});

test('a tab that goes at any operation leaves a draft or the package, and nothing that belongs to neither', async () => {
  for (let failAt = 1; ; failAt += 1) {
    const good = memoryBackend();
    const { backend, failed, count } = faultyBackend(good, { failAt, moment: 'hang-after' });
    await Promise.race([
      setUp(backend).take(archiveOf()),
      failed.then(() => new Promise((resolve) => setTimeout(resolve, 0))),
    ]);
    const after = setUp(good);
    const [listed] = await after.shelf.list();
    const stored = await good.chunks.keys();
    if (listed?.isComplete) await expectWhole(after);
    else expect(await after.shelf.open('sample')).toBeNull();
    await after.shelf.collectGarbage();
    expect(await good.chunks.keys()).toEqual(stored);
    await after.take(archiveOf());
    await expectWhole(after);
    if (count() < failAt) return;
  }
});

const change = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), by: fc.integer({ min: 1, max: 1_500 }) }),
  fc.record({ kind: fc.constant('double' as const), at: fc.nat(), by: fc.constantFrom(1, 100, 512, 1_024) }),
  fc.record({ kind: fc.constant('zero' as const), at: fc.nat(), by: fc.constantFrom(1, 8, 512) }),
  fc.record({ kind: fc.constant('end' as const), at: fc.nat(), by: fc.constant(0) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Uint8Array, { kind, at, by }: Change): Uint8Array<ArrayBuffer> {
  const start = at % Math.max(bytes.length, 1);
  const [head, tail] = [bytes.subarray(0, start), bytes.subarray(start)];
  if (kind === 'end') return Uint8Array.from(head);
  if (kind === 'cut') return Uint8Array.from([...head, ...tail.subarray(by)]);
  if (kind === 'double') return Uint8Array.from([...head, ...tail.subarray(0, by), ...tail]);
  const out = Uint8Array.from(bytes);
  if (kind === 'zero') return out.fill(0, start, start + by);
  out[start] = (out[start] ?? 0) ^ by;
  return out;
}

test('an archive that is damaged in any way is refused with nothing left, or has the same content', async () => {
  const good = await bytesOf(archiveOf());
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const to = setUp();
      const outcome = await to
        .take(new Blob([changes.reduce(changed, good)]))
        .catch((error: { code?: string }) => error);
      if (outcome === 'sample') return expectWhole(to);
      expect(outcome).toMatchObject({ code: 'storage.bad-archive' });
      refusals += 1;
      expect(await inventory(to.backend)).toEqual({ chunks: [], packages: [], drafts: [], marks: [] });
    }),
    { numRuns: 1_000 },
  );
  expect(refusals).toBeGreaterThan(500);
});
