import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOrillaError } from './error.ts';
import { manifestSchema, parseManifest } from './manifest.ts';

const sha = 'a'.repeat(64);
const file = {
  path: 'model.gguf',
  bytes: 10,
  sha256: sha,
  chunks: [
    { offset: 0, length: 6, sha256: sha },
    { offset: 6, length: 4, sha256: sha },
  ],
};
const manifest = {
  schema: manifestSchema,
  id: 'tiny',
  engine: 'llamacpp',
  files: [file],
  contextLength: 2048,
  memory: { weights: 10, kvPerToken: 2, scratch: 3 },
  license: 'Apache-2.0',
};

test('takes a whole manifest as it is', () => {
  expect(parseManifest(manifest)).toEqual(manifest);
});

test('takes optional digests and features', () => {
  const full = { ...manifest, tokenizerDigest: sha, chatTemplateDigest: sha, requires: { features: ['shader-f16'] } };
  expect(parseManifest(full)).toEqual(full);
});

test('takes a file whose chunks are not known yet', () => {
  const { chunks: _, ...whole } = file;
  expect(parseManifest({ ...manifest, files: [whole] }).files[0]?.chunks).toBeUndefined();
});

const withFile = (change: object) => ({ ...manifest, files: [{ ...file, ...change }] });

test.each([
  ['an error page', '<html>'],
  ['null', null],
  ['a list', []],
  ['another schema', { ...manifest, schema: 'orilla.model/9' }],
  ['an unknown engine', { ...manifest, engine: 'magic' }],
  ['no files', { ...manifest, files: undefined }],
  ['a path that climbs out', withFile({ path: '../secret' })],
  ['an absolute path', withFile({ path: '/etc/passwd' })],
  ['an empty path', withFile({ path: '' })],
  ['a hash that is none', withFile({ sha256: 'A'.repeat(64) })],
  ['a negative size', withFile({ bytes: -1 })],
  ['a size that is no whole number', withFile({ bytes: 1.5 })],
  [
    'a gap between chunks',
    withFile({
      chunks: [
        { offset: 0, length: 5, sha256: sha },
        { offset: 6, length: 4, sha256: sha },
      ],
    }),
  ],
  [
    'overlapping chunks',
    withFile({
      chunks: [
        { offset: 0, length: 6, sha256: sha },
        { offset: 5, length: 5, sha256: sha },
      ],
    }),
  ],
  ['chunks that end early', withFile({ chunks: [{ offset: 0, length: 6, sha256: sha }] })],
  ['an empty chunk', withFile({ chunks: [{ offset: 0, length: 0, sha256: sha }] })],
  ['a chunk that no memory holds', withFile({ bytes: 2 ** 40, chunks: [{ offset: 0, length: 2 ** 40, sha256: sha }] })],
  ['two files of one path', { ...manifest, files: [file, file] }],
  ['memory that is no number', { ...manifest, memory: { weights: 'much', kvPerToken: 1, scratch: 1 } }],
])('refuses %s, and says which field', (_, json) => {
  expect(() => parseManifest(json)).toThrow(/manifest/);
});

test('a chunk may have 64 MiB, and not one byte more', () => {
  const withOne = (length: number) => withFile({ bytes: length, chunks: [{ offset: 0, length, sha256: sha }] });
  expect(parseManifest(withOne(64 * 1024 ** 2)).files).toHaveLength(1);
  expect(() => parseManifest(withOne(64 * 1024 ** 2 + 1))).toThrow('files[0].chunks[0].length is more than 67108864');
});

test('whatever a server sends, the answer is a manifest or an error of ours', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      try {
        parseManifest(json);
      } catch (error) {
        expect(isOrillaError(error) && error.code).toBe('catalog.bad-manifest');
      }
    }),
  );
});
